import { describe, expect, it } from '@jest/globals';
import { flowOf, isReady, serversOf, watchFlow, type FlowCheck } from './health.js';
import { counter, gauge, histogram, registry } from './metrics.js';

const checks = (flow: FlowCheck[], ready = async (): Promise<unknown> => 1) => ({
  service: 'spec',
  ready,
  flow,
  servers: [
    { name: 'database: here', ask: ready },
    { name: 'bus: there', ask: () => new Promise(() => {}) },
  ],
});
const moving: FlowCheck = async () => ({ name: 'relay', healthy: true, detail: { behind: 0 } });
const stuck: FlowCheck = async () => ({ name: 'projection', healthy: false, detail: 'no progress for 31 s' });

describe('ready', () => {
  it('asks only what it was given', async () => {
    expect(await isReady(checks([stuck]))).toBe(true);
    expect(await isReady(checks([], () => Promise.reject(new Error('down'))))).toBe(false);
  });

  it('does not wait for a database that hangs', async () => {
    expect(await isReady(checks([], () => new Promise(() => {})))).toBe(false);
  });
});

describe('flow', () => {
  it('is healthy when all parts move, and says each', async () => {
    expect(await flowOf(checks([moving]))).toEqual({
      healthy: true,
      checks: [{ name: 'relay', healthy: true, detail: { behind: 0 } }],
    });
  });

  it('is unhealthy when one is stuck or cannot be asked', async () => {
    expect((await flowOf(checks([moving, stuck]))).healthy).toBe(false);
    const broken = await flowOf(checks([() => Promise.reject(new Error('secret'))]));
    expect(broken.healthy).toBe(false);
    expect(JSON.stringify(broken)).not.toContain('secret');
  });

  it('calls a part by its name also once it does not answer, and says that it was not heard of', async () => {
    let silent = false;
    const relay: FlowCheck = () => (silent ? new Promise(() => {}) : moving());
    await flowOf(checks([relay]));
    silent = true;
    expect((await flowOf(checks([relay]))).checks).toEqual([
      { name: 'relay', healthy: false, detail: 'could not be asked (no answer within 2 s)' },
    ]);
  });

  it('has servers, of which it is known who answers', async () => {
    const [database, bus] = ['database: here', 'bus: there'];
    expect(await serversOf(checks([]))).toEqual([
      { name: database, answers: true },
      { name: bus, answers: false },
    ]);
    const away = checks([], () => Promise.reject(new Error('down')));
    expect((await serversOf(away))[0]).toEqual({ name: database, answers: false });
  });

  it('is a metric too, as it is when the metrics are asked for', async () => {
    let healthy = true;
    const relay: FlowCheck = async () => ({ name: 'relay', healthy, detail: null });
    const end = watchFlow(checks([relay, stuck]));
    const flows = async () =>
      (await registry.metrics()).split('\n').filter((line) => line.startsWith('cairn_flow_healthy{'));
    expect(await flows()).toEqual([
      'cairn_flow_healthy{service="spec",part="relay"} 1',
      'cairn_flow_healthy{service="spec",part="projection"} 0',
    ]);
    healthy = false;
    expect((await flows())[0]).toBe('cairn_flow_healthy{service="spec",part="relay"} 0');
    end();
    expect(await flows()).toEqual([]);
  });
});

describe('a metric', () => {
  it('is made once, whoever asks first', () => {
    expect(counter('spec_total', 'x', ['service'])).toBe(counter('spec_total', 'x', ['service']));
    expect(gauge('spec_now', 'x', [])).toBe(gauge('spec_now', 'x', []));
    expect(histogram('spec_seconds', 'x', [])).toBe(histogram('spec_seconds', 'x', []));
  });
});
