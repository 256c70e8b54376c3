import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AppendRequest } from '../port.js';
import type { StoppedWriter } from './scene.js';

/**
 * Runs `script` in a process of its own until it first prints something, and stops it (SIGSTOP). It finds the appends that
 * it is to make in REQUESTS, and ends with code 0 where its COMMIT was done, with 7 where it was refused.
 */
export async function stoppedWriter(
  script: string,
  env: Readonly<Record<string, string>>,
  requests: readonly AppendRequest[],
): Promise<StoppedWriter> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...env, REQUESTS: JSON.stringify(requests) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return {
    async goOn() {
      child.kill('SIGCONT');
      const [code] = (await exited) as [number];
      if (code !== 0 && code !== 7) throw new Error(`the writer ended with code ${code}`);
      return code === 0 ? 'committed' : 'refused';
    },
  };
}
