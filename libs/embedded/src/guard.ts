import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Account } from './account.js';

export interface GuardedOptions {
  command: string;
  args: string[];
  cwd: string;
  /** The account to run under; the caller's own when left out. */
  account?: Account;
  env?: NodeJS.ProcessEnv;
  /** An open file that takes what the process prints. */
  output: number;
  /** The signal that asks the process to end when this process is gone, and the one that follows 5 s later. */
  endWith: { ask: NodeJS.Signals; insist: NodeJS.Signals };
}

/** A server process that ends when this process ends, in whatever way this process ends. */
export interface Guarded {
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  running(): boolean;
  signal(signal: NodeJS.Signals): void;
}

/*
 * A shell leaves a small watcher behind and then becomes the server itself. The watcher reads from a pipe whose
 * other end is held by this process alone: the kernel closes it even after a SIGKILL, and the watcher ends the server.
 * It is orphaned on purpose: PostgreSQL takes a child that it does not know and that is killed for a crash of its own.
 */
const SHELL = `
ask=$1; insist=$2; shift 2
exec 3<&0 </dev/null
( (
  while read -r line <&3; do :; done
  kill -s "$ask" $$ || exit 0
  for second in 1 2 3 4 5; do sleep 1; kill -0 $$ || exit 0; done
  kill -s "$insist" $$
) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

const shellName = (signal: NodeJS.Signals) => signal.replace(/^SIG/, '');

/**
 * Starts a server process in a session of its own, so that a Ctrl-C at the terminal reaches this process only,
 * which then stops its servers in order.
 */
export function guarded(options: GuardedOptions): Guarded {
  const { ask, insist } = options.endWith;
  const child = spawn(
    '/bin/sh',
    ['-c', SHELL, 'cairn-guard', shellName(ask), shellName(insist), options.command, ...options.args],
    {
      cwd: options.cwd,
      env: options.env ?? process.env,
      uid: options.account?.uid,
      gid: options.account?.gid,
      detached: true,
      stdio: ['pipe', options.output, options.output],
    },
  );
  // The pipe only has to exist; an error on it means that the other side is gone, which `exit` reports.
  child.stdin?.on('error', () => undefined);
  const ended = once(child, 'exit').then(([code, signal]) => {
    child.stdin?.destroy();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    ended,
    running: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    signal: (signal) => {
      child.kill(signal);
    },
  };
}
