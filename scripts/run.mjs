/**
 * Runs one of Cairn's programs with its arguments, installed and built first: `node scripts/run.mjs token --role hr`.
 * Input, output and exit code are the program's own.
 */
import { bootstrap } from './bootstrap.mjs';
import { giveUp } from './progress.mjs';
import { exitCode, startProgram } from './supervise.mjs';

const PROGRAMS = {
  token: 'apps/standalone/dist/token.js',
  ops: 'apps/standalone/dist/ops.js',
  demo: 'apps/demo/dist/main.js',
  chaos: 'apps/chaos/dist/main.js',
  bench: 'apps/bench/dist/main.js',
  attack: 'apps/attack/dist/main.js',
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(PROGRAMS, name ?? ''))
  giveUp(`Which program? One of: ${Object.keys(PROGRAMS).join(', ')}.`);

const child = startProgram(await bootstrap(), PROGRAMS[name], args, {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// A terminal sends Ctrl-C to the program as well; what is sent to this script alone is passed on.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(exitCode(code, signal)));
