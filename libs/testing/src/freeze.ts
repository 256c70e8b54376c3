import { execFileSync } from 'node:child_process';

/**
 * Stops a server with all its processes, as a machine does that hangs: its connections stay open, new ones are taken, and
 * nothing is answered. @returns what lets it go on
 */
export function freeze(pid: number): () => void {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    rows.flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []));
  const all = [pid, ...below(pid)];
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const each of all)
      try {
        process.kill(each, name);
      } catch (error) {
        // One of its children may have ended meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
  };
  signal('SIGSTOP');
  return () => signal('SIGCONT');
}
