import { dataPlace } from '@cairn/embedded';
import { developmentIssuer } from '@cairn/identity';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v4, v5 } from 'uuid';
import type { Tokens } from './api/client.js';
import type { Day } from './days.js';
import { DemoError, type Options } from './options.js';

export const CHECKOUT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The name of the issuer of `npm start`. */
const ISSUER = 'urn:cairn:development-issuer';

/** What is noted of a run, so that it can go on after an interruption. */
interface Note {
  readonly id: string;
  readonly tenantId: string;
  readonly options: Options;
  readonly begunOn: Day;
  readonly findings: Record<string, unknown>;
}

/** One run of the demo: its id names its tenant and makes its idempotency keys. */
export class Run {
  constructor(
    private readonly file: string,
    private readonly note: Note,
  ) {}

  get id(): string {
    return this.note.id;
  }
  get tenantId(): string {
    return this.note.tenantId;
  }
  get options(): Options {
    return this.note.options;
  }
  /** The day that counts as today, also where the run goes on later. */
  get begunOn(): Day {
    return this.note.begunOn;
  }

  /** What was found in Cairn when the story came to this point first: later it would be found otherwise. */
  async once<T>(what: string, find: () => Promise<T>): Promise<T> {
    if (!(what in this.note.findings)) {
      this.note.findings[what] = await find();
      await this.write();
    }
    return this.note.findings[what] as T;
  }

  /** Whole or not at all. */
  async write(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    await writeFile(`${this.file}.new`, `${JSON.stringify(this.note, null, 2)}\n`);
    await rename(`${this.file}.new`, this.file);
  }
}

const noteIn = (home: string) => join(home, 'demo-run.json');

/** Where `npm start` of this checkout keeps its keys; the run is noted there too. */
const homeOf = async (): Promise<string> =>
  dirname((await dataPlace(process.env['CAIRN_HOME'] || CHECKOUT)).directory);

/** A new run, or with `--resume` the last one with its own options. @throws DemoError where there is none to resume */
export async function openRun(options: Options): Promise<Run> {
  const file = noteIn(await homeOf());
  if (options.resume) {
    try {
      return new Run(file, JSON.parse(await readFile(file, 'utf8')) as Note);
    } catch {
      throw new DemoError('There is no run to resume. Begin one without --resume.');
    }
  }
  const id = v4();
  const { hris, mapping } = options;
  const run = new Run(file, {
    id,
    tenantId: v5('tenant', id),
    options: {
      ...options,
      ...(hris ? { hris: resolve(hris) } : {}),
      ...(mapping ? { mapping: resolve(mapping) } : {}),
    },
    begunOn: new Date().toISOString().slice(0, 10),
    findings: {},
  });
  await run.write();
  return run;
}

/**
 * The tokens of the run: from the development issuer of this checkout, or from CAIRN_INTEGRATION_TOKEN and CAIRN_HR_TOKEN
 * where Cairn trusts another issuer.
 */
export async function tokensOf(
  { tenantId }: Run,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Tokens> {
  const { CAIRN_INTEGRATION_TOKEN: integration, CAIRN_HR_TOKEN: hr } = env;
  if (integration && hr) return { integration, hr };
  const issuer = await developmentIssuer(await homeOf(), { issuer: ISSUER });
  return {
    integration: await issuer.sign({ tenantId, subject: 'demo', roles: ['integration'], sensitive: true }),
    hr: await issuer.sign({ tenantId, subject: 'demo-hr', roles: ['hr'] }),
  };
}
