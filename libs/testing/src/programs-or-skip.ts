import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { sayLoudly } from './loudly.js';

/**
 * Whether the programs that `what` needs are on the PATH; false, said loudly, where one is not, which with `CI=true` is a
 * failure. Ask at the top of a spec:
 *
 *     const runs = programsOrSkip('the tutorial', 'bash', 'curl');
 *     (runs ? describe : describe.skip)('the tutorial', () => { … });
 */
export function programsOrSkip(what: string, ...programs: string[]): boolean {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return true;
  const why = `NOT TESTED: ${what}. It needs ${missing.join(' and ')}, not to be found here.`;
  if (process.env.CI === 'true') throw new Error(why);
  sayLoudly(why);
  return false;
}

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
