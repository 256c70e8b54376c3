import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate as migrateLog, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { Story } from '../conformance/events.js';
import { migrate } from '../migrate.js';
import { Progress } from './progress.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe('whether a log is being published', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let progress: Progress;
  const story = new Story('sessions', 1);

  beforeAll(async () => {
    database = await testDatabase();
    await migrateLog(database.pool);
    await migrate(database.pool);
    store = openPostgresLog({ connectionString: database.url });
    progress = new Progress(database.pool, store, 'sessions', at(0));
  });
  afterAll(async () => {
    await store?.close();
    await database?.drop();
  });

  const published = async (position: string, watermarkAt: number) => {
    await database.pool.query(
      `INSERT INTO relay.relays (service, position, watermark_at) VALUES ('sessions', $1, $2)
       ON CONFLICT (service) DO UPDATE SET position = $1, watermark_at = $2`,
      [position, at(watermarkAt)],
    );
  };
  const append = async () => {
    const [event] = story.take(1);
    const { position } = await store.append(event!.stream, [event!], event!.version - 1);
    return position;
  };

  it('counts from the start of the process until a relay has said anything', async () => {
    expect(await progress.status(at(30), [])).toMatchObject({ healthy: true });
    expect(await progress.status(at(31), [])).toMatchObject({
      healthy: false,
      detail: { watermarkAgeSeconds: 31 },
    });
  });

  it('is no when nothing moves on for 30 s while events wait, though watermarks are sent', async () => {
    await append();
    await published('', 100);
    expect(await progress.status(at(100), [])).toMatchObject({ healthy: true });
    await published('', 130);
    expect(await progress.status(at(130), [])).toMatchObject({ healthy: true, detail: { stuckSeconds: 30 } });
    expect(await progress.status(at(131), ['why'])).toMatchObject({
      healthy: false,
      detail: { stuckSeconds: 31, watermarkAgeSeconds: 1, faults: ['why'] },
    });
  });

  it('is yes again with the next step, and however long there is nothing to publish', async () => {
    const last = await append();
    await published(String(Number(last) - 1).padStart(last.length, '0'), 140);
    expect(await progress.status(at(140), [])).toMatchObject({ healthy: true, detail: { stuckSeconds: 0 } });
    await published(last, 900);
    expect(await progress.status(at(905), [])).toMatchObject({ healthy: true, detail: { stuckSeconds: 0 } });
  });

  it('is no when the watermark is older than 30 s, though nothing waits', async () => {
    expect(await progress.status(at(931), [])).toMatchObject({
      healthy: false,
      detail: { stuckSeconds: 0, watermarkAgeSeconds: 31 },
    });
  });
});
