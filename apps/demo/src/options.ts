import { parseArgs } from 'node:util';

export interface Options {
  /** An HR file; a generated company without one. */
  readonly hris?: string;
  readonly mapping?: string;
  readonly months: number;
  /** First day of the programme; the file's snapshot date, or for a generated company so that it ends yesterday. */
  readonly start?: string;
  readonly seed: number;
  readonly resume: boolean;
  readonly url: string;
}

export const USAGE = `npm run demo -- [options]

  --hris FILE      an HR file (CSV); without it, a company is made up
  --mapping FILE   how its columns are to be read; without it, a shipped mapping with exactly the file's header
  --months N       how long the programme runs, 2 to 12; 6 unless given
  --start DATE     its first day, YYYY-MM-DD; unless given the file's snapshot date, or so that it ends yesterday
  --seed N         another seed, another story; 1 unless given
  --resume         go on with the last run, which was interrupted, with the options that it had
  --url URL        where Cairn is; CAIRN_URL or http://localhost:3000 unless given`;

/** Told in one sentence, without a stack. */
export class DemoError extends Error {}

/** @returns undefined where only the usage is asked for. @throws DemoError saying what to write instead */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | undefined {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        hris: { type: 'string' },
        mapping: { type: 'string' },
        months: { type: 'string', default: '6' },
        start: { type: 'string' },
        seed: { type: 'string', default: '1' },
        resume: { type: 'boolean', default: false },
        url: { type: 'string', default: env['CAIRN_URL'] || 'http://localhost:3000' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new DemoError(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) return undefined;
  const months = values.months === '1' ? 1 : whole('--months', values.months, 2, 12);
  if (months === 1)
    throw new DemoError(
      'One month is too short: a silence shows after three weeks, and somebody has to meet a coach before. --months takes 2 to 12.',
    );
  const seed = whole('--seed', values.seed, 0, 2 ** 31);
  const { start } = values;
  if (start !== undefined && !isDay(start))
    throw new DemoError(`--start takes a day that exists, YYYY-MM-DD, not "${start}".`);
  if (!/^https?:$/.test(URL.parse(values.url)?.protocol ?? ''))
    throw new DemoError(`--url takes an address such as http://localhost:3000, not "${values.url}".`);
  if (values.mapping !== undefined && values.hris === undefined)
    throw new DemoError('--mapping belongs to --hris FILE.');
  const { hris, mapping, resume } = values;
  return {
    months,
    seed,
    resume,
    url: values.url.replace(/\/$/, ''),
    ...(hris === undefined ? {} : { hris }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(start === undefined ? {} : { start }),
  };
}

function whole(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new DemoError(`${name} takes a whole number from ${low} to ${high}, not "${text}".`);
  return value;
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text);
