import { Gauge } from 'prom-client';
import { registry } from './metrics.js';

/** Whether a relay, a reaction, a projection or a sweeper moves on. `detail` says how far, in words or numbers. */
export interface FlowStatus {
  readonly name: string;
  readonly healthy: boolean;
  readonly detail: unknown;
}

/** Asked on each `/health/flow` and `/metrics`; a check that throws counts as unhealthy. */
export type FlowCheck = () => Promise<FlowStatus>;

/** A server that the service needs. */
export interface ServerCheck {
  /** What it is to the service, and where it is: `database: PostgreSQL at 127.0.0.1:5432`. */
  readonly name: string;
  /** Resolves once it has answered. */
  readonly ask: () => Promise<unknown>;
}

export interface HealthChecks {
  /** Which service this is: a label of the metric. */
  readonly service: string;
  /** Rejects when this process cannot answer: its own database does not. Nothing else belongs here. */
  readonly ready: () => Promise<unknown>;
  /** Read on each request, so that a part which starts later may add itself. */
  readonly flow: FlowCheck[];
  /** Whose silence explains what the flow checks say. */
  readonly servers: readonly ServerCheck[];
}

const SECONDS = 1000;

class Late extends Error {}

/** Asks `check`, but not for longer than two seconds: a health answer that hangs is worse than a bad one. */
async function within<T>(check: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late('no answer within 2 s')), 2 * SECONDS);
  });
  try {
    return await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** True when this process can answer requests. */
export async function isReady(checks: HealthChecks): Promise<boolean> {
  return within(checks.ready).then(
    () => true,
    () => false,
  );
}

/** What each check has called itself: it still is that when it cannot say so. */
const names = new WeakMap<FlowCheck, string>();

async function ask(check: FlowCheck): Promise<FlowStatus> {
  const status = await within(check);
  names.set(check, status.name);
  return status;
}

/** Which of the servers answer. */
export const serversOf = ({ servers }: HealthChecks): Promise<{ name: string; answers: boolean }[]> =>
  Promise.all(
    servers.map(async ({ name, ask: asked }) => ({
      name,
      answers: await within(asked).then(
        () => true,
        () => false,
      ),
    })),
  );

/** All flow checks, asked at once. */
export async function flowOf(checks: HealthChecks): Promise<{ healthy: boolean; checks: FlowStatus[] }> {
  const statuses = await Promise.all(
    checks.flow.map((check, index) =>
      ask(check).catch((error: unknown): FlowStatus => {
        const reason = error instanceof Late ? error.message : error instanceof Error ? error.name : 'error';
        return {
          name: names.get(check) ?? (check.name || `check ${index + 1}`),
          healthy: false,
          detail: `could not be asked (${reason})`,
        };
      }),
    ),
  );
  return { healthy: statuses.every((status) => status.healthy), checks: statuses };
}

const watched = new Set<HealthChecks>();

/** From now on the metrics say of each part of `checks` whether it moves on, asked anew each time. @returns its end */
export function watchFlow(checks: HealthChecks): () => void {
  watched.add(checks);
  return () => void watched.delete(checks);
}

registry.registerMetric(
  new Gauge({
    name: 'cairn_flow_healthy',
    help: '1 while the part moves on, 0 when it is stuck',
    labelNames: ['service', 'part'],
    registers: [],
    async collect() {
      const flows = await Promise.all(
        [...watched].map(async (each) => ({ service: each.service, ...(await flowOf(each)) })),
      );
      this.reset();
      for (const { service, checks } of flows)
        for (const { name, healthy } of checks) this.set({ service, part: name }, healthy ? 1 : 0);
    },
  }),
);
