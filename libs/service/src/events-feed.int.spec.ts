import { contracts, goldenOf, type ContractEvent } from '@cairn/contracts';
import { newId, type EventToAppend } from '@cairn/event-store';
import type { PostgresEventStore } from '@cairn/event-store/postgres';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOG, type ServiceDefinition } from './definition.js';
import { testService, type TestService } from './testing/index.js';

class Nothing {}

const { data } = goldenOf(contracts.get('GoalAgreed')!);
/** How many events of the bus each stored one becomes. */
const PUBLISHED_AS: Readonly<Record<string, number>> = { Kept: 0, Agreed: 1, AgreedByTwo: 2 };
const definition: ServiceDefinition = {
  name: 'goals',
  title: 'Spec',
  description: '',
  holdsText: false,
  migrate: async () => undefined,
  module: () => ({ module: Nothing }),
  publish: ({ type }) =>
    Array.from({ length: PUBLISHED_AS[type]! }, () => ({ name: 'GoalAgreed', data }) as ContractEvent),
};

let service: TestService;
let log: PostgresEventStore;
beforeAll(async () => {
  service = await testService(definition);
  log = service.service.app.get<PostgresEventStore>(LOG);
}, 60_000);
afterAll(() => service?.stop());

async function append(count: number, tenantId = service.tenantId, type = 'Agreed'): Promise<void> {
  const events = Array.from({ length: count }, (): EventToAppend => ({
    id: newId(),
    type,
    occurredAt: '2026-01-05T09:00:00.000Z',
    data: {},
    metadata: {
      tenantId,
      commandId: newId(),
      correlationId: newId(),
      actor: { subject: 'spec', role: 'hr' },
    },
  }));
  await log.append(`goal-${newId()}`, events, 0);
}

const read = (query = '') => service.call('GET', `/v1/events${query}`, { as: { roles: ['integration'] } });
const slugOf = ({ body }: { body: { type: string } }) => body.type.split(':').at(-1);

describe('the feed of events', () => {
  it('of a tenant without events gives a place that can be gone on from', async () => {
    const empty = await read();
    expect(empty).toMatchObject({ status: 200, body: { events: [] } });
    const again = await read(`?after=${empty.body.next}`);
    expect(again.body).toEqual(empty.body);
    expect((await read('?after=')).body).toEqual(empty.body);

    await append(1);
    const first = await read(`?after=${empty.body.next}`);
    expect(first.body.events).toHaveLength(1);
    expect(await read(`?after=${first.body.next}`)).toMatchObject({
      status: 200,
      body: { events: [], next: first.body.next },
    });
  });

  it('is read page by page, without a gap or a repeat, past what is another tenant’s', async () => {
    for (const tenantId of [service.tenantId, newId(), service.tenantId]) await append(3, tenantId);
    const all = (await read('?limit=1000')).body.events as { id: string; tenantid: string }[];
    expect(new Set(all.map(({ tenantid }) => tenantid))).toEqual(new Set([service.tenantId]));
    const seen: string[] = [];
    for (let after = ''; ;) {
      const { events, next } = (await read(`?limit=2&after=${after}`)).body;
      if (events.length === 0) break;
      seen.push(...events.map(({ id }: { id: string }) => id));
      after = next;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(seen.length).toBeGreaterThanOrEqual(6);
  });

  it('goes on in one answer past what is not published', async () => {
    const { next } = (await read('?limit=1000')).body;
    await append(5, service.tenantId, 'Kept');
    await append(1);
    expect((await read(`?limit=2&after=${next}`)).body.events).toHaveLength(1);
  });

  it('keeps together what one stored event became, within the limit where that can be', async () => {
    let { next } = (await read('?limit=1000')).body;
    await append(3, service.tenantId, 'AgreedByTwo');
    for (const [limit, length] of [
      [3, 2],
      [1, 2],
      [3, 2],
      [3, 0],
    ]) {
      // prettier-ignore
      const page = (await read(`?limit=${limit}&after=${next}`)).body;
      expect(page.events).toHaveLength(length!);
      next = page.next;
    }
  });

  it.each(['0', '1001', '-1', 'many', ''])('says what limit=%s may be', async (limit) => {
    const answer = await read(`?limit=${limit}`);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body.errors)).toContain('1000');
  });

  it.each(['0000000000000001', 'x', '1-2', `1-${'0'.repeat(17)}`])(
    'takes for after what it gave as next alone, not %s',
    async (after) => {
      const answer = await read(`?after=${after}`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/after' }] } });
    },
  );

  it('refuses a place of another service’s feed, though it may be one in its own', async () => {
    const { next } = (await read('?limit=1')).body;
    const answer = await read(`?after=${next.replace('goals', 'sessions')}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/after' }] } });
    expect(answer.body.detail).toContain('the feed of sessions');
  });

  it('refuses a place beyond its end, and says where that is', async () => {
    const { next: head } = (await read('?limit=1000')).body;
    const answer = await read(`?after=${head.slice(0, -16)}9999999999999999`);
    expect(answer).toMatchObject({ status: 409, body: { head } });
    expect(slugOf(answer)).toBe('after-the-end-of-the-feed');
  });

  it('tells a reader that the log was restored, instead of skipping what is written from then on', async () => {
    const { next } = (await read('?limit=1000')).body;
    await service.pool.query('UPDATE log.generation SET generation = generation + 1');
    const refused = await read(`?after=${next}`);
    expect(refused.status).toBe(409);
    expect(slugOf(refused)).toBe('feed-began-anew');
    expect((await read()).status).toBe(200);
  });
});
