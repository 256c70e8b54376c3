import { percentile, type Measured } from './result.js';

/** So many callers in this process, each calling again as soon as it is answered, for so long. */
export async function callersFor(
  callers: number,
  seconds: number,
  call: () => Promise<unknown>,
): Promise<Measured> {
  const latencies: number[] = [];
  let errors = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let now = performance.now(); now < end;) {
        const asked = now;
        try {
          await call();
          now = performance.now();
          latencies.push(now - asked);
        } catch {
          now = performance.now();
          errors += 1;
        }
      }
    }),
  );
  return {
    perSecond: (latencies.length * 1000) / (performance.now() - began),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    errors,
  };
}
