/** The other process: sends the load, and measures from outside. Told what to do over IPC; see job.ts. */
import { randomUUID } from 'node:crypto';
import { percentile } from '../measure/result.js';
import { Connection } from './connection.js';
import type { LoadReport, Order, PreparedRequest } from './job.js';
import { turns } from './turns.js';

/** Seconds that a request may take beyond the end of a run. */
const PATIENCE = 20;

let port = 0;
let requests: readonly PreparedRequest[] = [];
let next = 0;

function nextRequest(): string {
  const { head, body } = requests[next++ % requests.length]!;
  return `${head}idempotency-key: ${randomUUID()}\r\n\r\n${body}`;
}

async function run({ connections, seconds, rate }: Order & { kind: 'run' }): Promise<LoadReport> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const latencies: number[] = [];
  const failures: Record<number, number> = {};
  let errors = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  // Whoever is not answered by then is given up: that is an error, without a status.
  const giveUp = setTimeout(
    () => {
      for (const connection of open) connection.close();
    },
    (seconds + PATIENCE) * 1000,
  );
  await Promise.all(
    open.map(async (connection, index) => {
      const schedule =
        rate === undefined
          ? undefined
          : { first: began + (index * 1000) / rate, every: (connections * 1000) / rate };
      for await (const asked of turns(end, schedule)) {
        const status = await connection.ask(nextRequest());
        if (status >= 200 && status < 300) latencies.push(performance.now() - asked);
        else {
          errors += 1;
          failures[status] = (failures[status] ?? 0) + 1;
          if (status === 0) return;
        }
      }
    }),
  );
  clearTimeout(giveUp);
  const took = performance.now() - began;
  for (const connection of open) connection.close();
  return {
    perSecond: (latencies.length * 1000) / took,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    errors,
    failures,
  };
}

process.on('message', (order: Order) => {
  if (order.kind === 'prepare') {
    ({ port, requests } = order);
    process.send!('ready');
  } else {
    void run(order).then((report) => process.send!(report));
  }
});
process.on('disconnect', () => process.exit(0));
