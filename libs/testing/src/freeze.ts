import { execFileSync } from 'node:child_process';

/**
 * Stops a server with all its processes, as a machine does that hangs: its connections stay open, new ones are taken, and
 * nothing is answered. @returns what lets it go on
 */
export function freeze(pid: number): () => void {
  const signal = (name: 'SIGSTOP' | 'SIGCONT', to: readonly number[]) => {
    for (const each of to)
      try {
        process.kill(each, name);
      } catch (error) {
        // One of its children may have ended meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
  };
  // The first one at once, so that it makes no more of them while they are looked for.
  signal('SIGSTOP', [pid]);
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    rows.flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []));
  const children = below(pid);
  signal('SIGSTOP', children);
  return () => signal('SIGCONT', [...children, pid]);
}
