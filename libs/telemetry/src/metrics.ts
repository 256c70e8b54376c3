import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The process's one registry: the four services of a laptop share it and tell themselves apart by the label `service`. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'cairn_' });

export type { Counter, Gauge, Histogram } from 'prom-client';

/** The counter of that name, made on first use. Labels never hold ids or names of people. */
export function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Counter<Label> {
  return (
    (registry.getSingleMetric(name) as Counter<Label> | undefined) ??
    new Counter({ name, help, labelNames, registers: [registry] })
  );
}

/** The gauge of that name, made on first use. */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Gauge<Label> {
  return (
    (registry.getSingleMetric(name) as Gauge<Label> | undefined) ??
    new Gauge({ name, help, labelNames, registers: [registry] })
  );
}

/** The histogram of that name, made on first use; `buckets` in the unit that the name ends with. */
export function histogram<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  buckets: number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10],
): Histogram<Label> {
  return (
    (registry.getSingleMetric(name) as Histogram<Label> | undefined) ??
    new Histogram({ name, help, labelNames, buckets, registers: [registry] })
  );
}
