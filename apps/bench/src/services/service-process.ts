import { open, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, guarded } from '@cairn/embedded';
import type { BenchIssuer } from './issuer.js';

const READY_WITHIN = 60_000;

export interface ServiceProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** At once, whatever it is at. */
  kill(): Promise<void>;
}

export interface ServiceSettings {
  readonly databaseUrl: string;
  readonly issuer: BenchIssuer;
  readonly bus: { readonly brokers: readonly string[] } | { readonly url: string };
}

/** One service as it is deployed: its own process, configured by its environment, ready to answer. */
export async function startServiceProcess(
  name: 'goals' | 'analytics',
  { databaseUrl, issuer, bus }: ServiceSettings,
): Promise<ServiceProcess> {
  const main = new URL('main.js', import.meta.resolve(`@cairn/${name}/app.module`));
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-service-'));
  const log = join(directory, 'log');
  const output = await open(log, 'a');
  const port = await freePort();
  const service = guarded({
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', ...extraFlags(), fileURLToPath(main)],
    cwd: directory,
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ...('url' in bus ? { BUS_DATABASE_URL: bus.url } : { KAFKA_BROKERS: bus.brokers.join(',') }),
      OIDC_ISSUER: issuer.issuer,
      OIDC_JWKS_FILE: issuer.jwksFile,
      TEXT_KEY: Buffer.alloc(32, 7).toString('base64'),
      LOG_LEVEL: 'warn',
    },
    output: output.fd,
    endWith: { ask: 'SIGTERM', insist: 'SIGKILL' },
  });
  await output.close();
  const kill = async () => {
    service.signal('SIGKILL');
    await service.ended;
    await rm(directory, { recursive: true, force: true });
  };
  const stop = async () => {
    service.signal('SIGTERM');
    await Promise.race([service.ended, delay(15_000, undefined, { ref: false })]);
    await kill();
  };
  for (const end = Date.now() + READY_WITHIN; !(await isReady(name, port));) {
    if (!service.running()) throw new Error(`${name} ended by itself:\n${await readFile(log, 'utf8')}`);
    if (Date.now() > end) {
      await stop();
      throw new Error(`${name} was not ready within ${READY_WITHIN / 1000} s`);
    }
    await delay(50);
  }
  return { port, pid: service.pid, stop, kill };
}

/** `CAIRN_BENCH_NODE_FLAGS=--cpu-prof`, say, to see where a service spends its time. */
const extraFlags = () => process.env['CAIRN_BENCH_NODE_FLAGS']?.split(' ') ?? [];

const isReady = (name: string, port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/${name}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
