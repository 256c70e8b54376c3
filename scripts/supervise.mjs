import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { checkout, inCheckout } from './checkout.mjs';
import { say } from './progress.mjs';

/** How long a program may take to stop after being asked, in milliseconds. */
const STOP_WITHIN = 30_000;

/** Starts a program under the pinned Node; it ends when this script ends, in whatever way. */
export function startProgram(node, program, args = [], options = {}) {
  const endWithParent = new URL('./end-with-parent.mjs', import.meta.url).href;
  // kafkajs computes a timer that this Node finds worth a warning, and clamps as older ones did.
  const flags = [
    '--enable-source-maps',
    '--disable-warning=TimeoutNegativeWarning',
    '--import',
    endWithParent,
  ];
  const child = spawn(node, [...flags, inCheckout(program), ...args], { cwd: checkout, ...options });
  child.on('error', (error) => {
    say(`${node}: ${error.message}`);
    process.exit(1);
  });
  return child;
}

/** What a shell would give as the exit code of a process that ended so. */
export const exitCode = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0);

/**
 * Runs a server until it ends or is asked to, and ends this script with its exit code. The server is in a session of
 * its own: a Ctrl-C at the terminal reaches this script alone (npm passes it on a second time), which asks once.
 */
export function supervise(child, { name }) {
  let asked = 0;
  const ask = (signal) => {
    const again = asked > 0 && Date.now() - asked > 500;
    if (asked === 0) {
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
      setTimeout(() => {
        say(`${name} did not stop within ${STOP_WITHIN / 1000} s and is killed.`);
        child.kill('SIGKILL');
      }, STOP_WITHIN).unref();
    }
    if (again) say(`${name} is stopping: it finishes what it had begun …`);
    asked = Date.now();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => ask(signal));
  child.on('exit', (code, signal) => {
    if (signal && !asked) say(`${name} was ended by ${signal}.`);
    // Ending on request is what was asked for, whichever way the server reports it.
    process.exit(asked && (signal === 'SIGINT' || signal === 'SIGTERM') ? 0 : exitCode(code, signal));
  });
}
