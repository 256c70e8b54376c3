import { dataPlace } from '@cairn/embedded';
import { developmentIssuer } from '@cairn/identity';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v4, v5 } from 'uuid';
import type { Tokens } from './api/client.js';
import { DemoError, type Options } from './options.js';

export const CHECKOUT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The name of the issuer of `npm start`. */
const ISSUER = 'urn:cairn:development-issuer';

/** One run of the demo: its id names its tenant and makes its idempotency keys. */
export interface Run {
  readonly id: string;
  readonly tenantId: string;
  readonly options: Options;
}

const noteIn = (home: string) => join(home, 'demo-run.json');

/** Where `npm start` of this checkout keeps its keys; the run is noted there too. */
const homeOf = async (): Promise<string> =>
  dirname((await dataPlace(process.env['CAIRN_HOME'] || CHECKOUT)).directory);

/** A new run, or with `--resume` the last one with its own options. @throws DemoError where there is none to resume */
export async function openRun(options: Options): Promise<Run> {
  const home = await homeOf();
  if (options.resume) {
    try {
      return { ...(JSON.parse(await readFile(noteIn(home), 'utf8')) as Run) };
    } catch {
      throw new DemoError('There is no run to resume. Begin one without --resume.');
    }
  }
  const id = v4();
  const run: Run = {
    id,
    tenantId: v5('tenant', id),
    options: { ...options, ...(options.hris ? { hris: resolve(options.hris) } : {}) },
  };
  await mkdir(home, { recursive: true });
  await writeFile(noteIn(home), `${JSON.stringify(run, null, 2)}\n`);
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
