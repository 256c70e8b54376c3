import { describe, expect, it } from '@jest/globals';
import { accept, RefusedError, refuse, type Decider } from '@cairn/decider';
import { collect } from './conformance/fixtures.js';
import { newId } from './ids.js';
import { memoryLog } from './memory/index.js';
import type { EventMetadata, EventStore, StoredEvent } from './port.js';
import { appendOf, loadStream, untilFirst } from './streams.js';

/** A counter of places: each command takes some, until none are left. */
interface Taken {
  readonly type: 'PlacesTaken';
  readonly occurredAt: string;
  readonly data: { readonly places: number; readonly by?: string };
}
interface Take {
  readonly places: number;
  readonly at: string;
  readonly by?: string;
}
const decider: Decider<number, Take, Taken> = {
  initialState: 3,
  evolve: (free, event) => free - event.data.places,
  decide: ({ places, at, by }, free) => {
    if (places > free)
      return refuse({ kind: 'conflict', slug: 'no-place-left', detail: `Only ${free} are left.` });
    if (places === 0) return accept();
    return accept(
      ...Array.from({ length: places }, (): Taken => ({
        type: 'PlacesTaken',
        occurredAt: at,
        data: { places: 1, by },
      })),
    );
  },
};

const at = '2026-03-01T09:00:00.000Z';
const command = (tenantId = 'a'): EventMetadata => ({
  tenantId,
  commandId: newId(),
  correlationId: newId(),
  actor: { subject: 'spec', role: 'hr' },
});
const target = (store: EventStore, metadata = command()) => ({
  store,
  stream: 'places-1',
  metadata,
  eventOf: (stored: StoredEvent) => stored as unknown as Taken,
});

/** A handler as the services write theirs: load → already done? → decide → append, until it is first. */
async function handle(
  { store, stream, metadata, eventOf }: ReturnType<typeof target>,
  take: Take,
): Promise<{ taken: number; version: number; repeated: boolean } | { refused: string; detail: string }> {
  try {
    return await untilFirst(async () => {
      const { state, version, done } = await loadStream(store, stream, metadata, decider, eventOf);
      if (done) return { taken: 0, version, repeated: true };
      const decision = decider.decide(take, state);
      if (!decision.ok) throw new RefusedError(decision.refusal);
      const { events } = decision;
      if (events.length === 0) return { taken: 0, version, repeated: false };
      const append = appendOf(metadata, stream, version, events);
      const appended = await store.append(append.stream, append.events, append.expectedVersion);
      return { taken: events.length, version: appended.version, repeated: false };
    });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { refused: error.refusal.slug, detail: error.refusal.detail };
  }
}

describe('a handler over streams', () => {
  it('decides on what the stream holds, and appends', async () => {
    const store = memoryLog();
    const metadata = command();
    const handled = await handle(target(store, metadata), { places: 2, at });
    expect(handled).toEqual({ taken: 2, version: 2, repeated: false });
    const stored = await collect(store.readStream('places-1'));
    expect(stored.map((event) => event.metadata)).toEqual([
      expect.objectContaining(metadata),
      expect.objectContaining(metadata),
    ]);
    expect(await handle(target(store), { places: 2, at })).toEqual({
      refused: 'no-place-left',
      detail: 'Only 1 are left.',
    });
  });

  it('knows a command sent again, though it would be refused by now, and adds nothing', async () => {
    const store = memoryLog();
    const metadata = command();
    await handle(target(store, metadata), { places: 2, at });
    await handle(target(store), { places: 1, at });
    const again = await handle(target(store, metadata), { places: 2, at: '2026-03-02T09:00:00.000Z' });
    expect(again).toEqual({ taken: 0, version: 3, repeated: true });
    expect(await collect(store.readStream('places-1'))).toHaveLength(3);
  });

  it('stores nothing when there is nothing to do', async () => {
    const store = memoryLog();
    expect(await handle(target(store), { places: 0, at })).toEqual({ taken: 0, version: 0, repeated: false });
    expect(await store.head()).toBe('');
  });

  it('tries again when somebody else was first, and decides anew', async () => {
    const store = memoryLog();
    const handled = await Promise.all(
      Array.from({ length: 8 }, () => handle(target(store), { places: 1, at })),
    );
    expect(handled.filter((result) => 'taken' in result)).toHaveLength(3);
    expect(handled.flatMap((result) => ('refused' in result ? [result.refused] : []))).toEqual(
      Array(5).fill('no-place-left'),
    );
    expect(await collect(store.readStream('places-1'))).toHaveLength(3);
  });

  it('lets one command sent twice at the same time take effect once, at whichever time', async () => {
    const store = memoryLog();
    const metadata = command();
    const times = ['2026-03-01T09:00:00.000Z', '2026-03-01T09:00:05.000Z'];
    const handled = await Promise.all(
      times.map((time) => handle(target(store, metadata), { places: 1, at: time })),
    );
    expect(handled.map((result) => 'repeated' in result && result.repeated).sort()).toEqual([false, true]);
    expect(await collect(store.readStream('places-1'))).toHaveLength(1);
  });

  it('gives up, with a name for it, when others are always first', async () => {
    const store = memoryLog();
    const contested = new Proxy(store, {
      get: (log, name: keyof EventStore) =>
        name === 'append'
          ? async (...[stream, events, version]: Parameters<EventStore['append']>) => {
              const rival = events.map((event) => ({
                ...event,
                id: newId(),
                data: { places: 0 },
                metadata: command(),
              }));
              await log.append(stream, rival, version);
              return log.append(stream, events, version);
            }
          : log[name].bind(log),
    });
    const handled = await handle(target(contested), { places: 1, at });
    expect(handled).toMatchObject({ refused: 'changed-meanwhile' });
  });

  it("treats another tenant's stream as one that never existed", async () => {
    const store = memoryLog();
    await handle(target(store), { places: 3, at });
    const foreign = target(store, command('b'));
    expect(await handle(foreign, { places: 4, at })).toMatchObject({ detail: 'Only 3 are left.' });
    expect(await handle(foreign, { places: 1, at })).toMatchObject({ refused: 'changed-meanwhile' });
    expect(await collect(store.readStream('places-1'))).toHaveLength(3);
  });

  it.each([
    ['event-too-large', 'x'.repeat(900_000)],
    ['text-not-storable', '\0'],
    ['text-not-storable', '\ud83d'],
  ])('refuses what no log can hold: %s', async (slug, by) => {
    const handled = await handle(target(memoryLog()), { places: 1, at, by });
    expect(handled).toMatchObject({ refused: slug });
  });

  it('reads old shapes through the upcaster', async () => {
    const store = memoryLog();
    const old = { type: 'PlaceTaken', occurredAt: at, data: {} };
    await store.append('places-1', [{ ...old, id: newId(), metadata: command() }], 0);
    const eventOf = (): Taken => ({ type: 'PlacesTaken', occurredAt: at, data: { places: 3 } });
    expect(await handle({ ...target(store), eventOf }, { places: 1, at })).toMatchObject({
      refused: 'no-place-left',
    });
  });
});
