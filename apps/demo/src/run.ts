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
  readonly options: Options;
  readonly begunOn: Day;
  readonly findings: Record<string, unknown>;
}

/** One run of the demo: its id makes its tenant, and with the seed its idempotency keys. */
export class Run {
  constructor(
    private readonly file: string,
    private readonly note: Note,
  ) {}

  get id(): string {
    return this.note.id;
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

  /** Notes the run, so that it can be resumed: whole or not at all. */
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

/** A new run, not noted yet, or with `--resume` the last one with its own options. @throws DemoError where there is none to resume */
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
  return new Run(file, {
    id,
    options: {
      ...options,
      ...(hris ? { hris: resolve(hris) } : {}),
      ...(mapping ? { mapping: resolve(mapping) } : {}),
    },
    begunOn: new Date().toISOString().slice(0, 10),
    findings: {},
  });
}

/**
 * The tokens of the run, and their tenant: one of its own from the development issuer of this checkout, or that of
 * CAIRN_INTEGRATION_TOKEN and CAIRN_HR_TOKEN where Cairn trusts another issuer.
 */
export async function tokensOf(
  { id }: Run,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ tokens: Tokens; tenantId: string }> {
  const { CAIRN_INTEGRATION_TOKEN: integration, CAIRN_HR_TOKEN: hr } = env;
  if (integration && hr) {
    const tenantId = tenantIn(integration);
    if (tenantId === undefined || tenantId !== tenantIn(hr))
      throw new DemoError('CAIRN_INTEGRATION_TOKEN and CAIRN_HR_TOKEN have to be tokens of one tenant.');
    return { tokens: { integration, hr }, tenantId };
  }
  const tenantId = v5('tenant', id);
  const issuer = await developmentIssuer(await homeOf(), { issuer: ISSUER });
  const tokens = {
    integration: await issuer.sign({ tenantId, subject: 'demo', roles: ['integration'], sensitive: true }),
    hr: await issuer.sign({ tenantId, subject: 'demo-hr', roles: ['hr'] }),
  };
  return { tokens, tenantId };
}

/** What a token claims, taken as it is: Cairn checks it. */
function tenantIn(token: string): string | undefined {
  try {
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    return (JSON.parse(claims) as { tenant?: string }).tenant;
  } catch {
    return undefined;
  }
}
