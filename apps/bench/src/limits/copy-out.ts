import type { Measured } from '../measure/result.js';
import { runProgram } from './programs.js';

/** The first rows of a log as the server gives them fastest: COPY, to a client that throws them away unparsed. */
export async function copyOut(databaseUrl: string, events: number): Promise<Measured> {
  const began = performance.now();
  await runProgram('psql', databaseUrl, [
    '--no-psqlrc',
    '--output=/dev/null',
    `--command=COPY (SELECT * FROM log.events WHERE position <= ${events} ORDER BY position) TO STDOUT`,
  ]);
  return { perSecond: (events * 1000) / (performance.now() - began), errors: 0 };
}
