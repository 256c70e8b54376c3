import { newId } from '@cairn/event-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { DataSource as Source } from 'typeorm';
import { DataSource } from 'typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import { PeopleImport } from '../../src/people/people.import.js';
import type { Preparation } from '../../src/people/prepare-apart.js';
import type { ImportRequest } from '../../src/people/prepare.js';
import {
  boss,
  builtDefinition,
  NOW,
  crew,
  csv,
  MAPPING,
  peopleService,
  worker,
  type PeopleService,
  type Tenant,
} from './given.js';

let people: PeopleService;
beforeAll(async () => {
  people = await peopleService();
});
afterAll(() => people.stop());

const sourceOf = () => people.service.service.app.get(DataSource);

const rows = 5_000;
const wide = { Dept: 'Making '.repeat(16).trim(), Title: 'Operator '.repeat(12).trim() };
const many = () => csv([boss, ...Array.from({ length: rows }, (_, i) => worker(i + 1, wide))]);
const large = () => {
  const file = Buffer.from(many());
  expect(file.length).toBeGreaterThan(1_200_000);
  return Readable.from(
    Array.from({ length: Math.ceil(file.length / 65_536) }, (_, i) =>
      file.subarray(i * 65_536, (i + 1) * 65_536),
    ),
  );
};

describe('a large file', () => {
  // A thread needs a file that Node itself can run: the built one.
  const built = new URL('../../dist/people/prepare-apart.js', import.meta.url).href;
  const prepareApart = async (bytes: AsyncIterable<Uint8Array>, request: ImportRequest) => {
    const { prepare } = (await import(built)) as {
      prepare: (
        bytes: AsyncIterable<Uint8Array>,
        request: ImportRequest,
        source: Source,
      ) => Promise<Preparation>;
    };
    return prepare(bytes, request, sourceOf());
  };
  const request = (some: Partial<ImportRequest> = {}): ImportRequest => ({
    importId: newId(),
    tenantId: newId(),
    mapping: { name: 'crew', ...MAPPING } as ImportRequest['mapping'],
    dryRun: true,
    partial: false,
    now: '2026-02-01T00:00:00.000Z',
    ...some,
  });

  it('is read and planned in a thread of its own, while others have their turn', async () => {
    const bytes = large();
    const asked = request();
    let longest = 0;
    const began = performance.now();
    let last = began;
    const watching = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const preparation = await prepareApart(bytes, asked);
    expect(await preparation.plan()).toEqual({ is: 'kept', status: 'dry-run' });
    await preparation.close();
    clearInterval(watching);
    expect(longest).toBeLessThan((performance.now() - began) / 2);
    const found = await people
      .tenant(asked.tenantId)
      .get(
        `/imports/${asked.importId}/rows?cursor=${Buffer.from(JSON.stringify(['import-rows.1', rows])).toString('base64url')}`,
      );
    expect(found.body.items.at(-1)).toEqual({ line: rows + 2, employeeId: `E${rows}`, outcome: 'created' });
  });

  it('that cannot be read, or breaks off, ends its thread', async () => {
    const other = request({ mapping: { ...request().mapping, department: 'Unit' } });
    const preparation = await prepareApart(large(), other);
    expect(preparation.unread?.problems[0]).toMatchObject({ code: 'missing-column', column: 'Unit' });
    async function* broken() {
      yield* large();
      throw new Error('the client went away');
    }
    await expect(prepareApart(broken(), request())).rejects.toThrow('the client went away');
  });
});

describe('an import in parts', () => {
  /** Its second part fails, and after it everything of that command: as if the process had died. */
  async function breakOff(tenant: Tenant, file: string, key: string) {
    await people.service.pool.query(`
      CREATE OR REPLACE FUNCTION fail_second() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.part = 1 AND current_setting('application_name') = 'cairn-enrollment' THEN RAISE EXCEPTION 'as if killed'; END IF;
        RETURN OLD;
      END $$;
      CREATE TRIGGER fail_second BEFORE DELETE ON people_import_parts FOR EACH ROW EXECUTE FUNCTION fail_second()`);
    expect((await tenant.send(file, '', key)).status).toBe(500);
    await people.service.pool.query('DROP TRIGGER fail_second ON people_import_parts');
    expect(await peopleOf(tenant)).toBe(1_000);
  }
  async function peopleOf({ tenantId }: Tenant): Promise<number> {
    const { rows } = await people.service.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM people WHERE tenant_id = $1',
      [tenantId],
    );
    return rows[0]!.n;
  }

  it('that breaks off between them is finished when a process of the service starts', async () => {
    const tenant = people.tenant();
    await tenant.save();
    await breakOff(tenant, csv(crew(2_500)), newId());
    const listed = async () => (await tenant.get('/imports')).body.items;
    expect(await listed()).toMatchObject([
      { status: 'applying', counts: { rows: 2_501 }, progress: { changes: 2_501, applied: 1_000 } },
    ]);
    people.service.service.app.get(PeopleImport).onApplicationBootstrap();
    for (const end = Date.now() + 60_000; (await peopleOf(tenant)) < 2_501 && Date.now() < end;)
      await delay(50);
    expect(await peopleOf(tenant)).toBe(2_501);
    const [done] = await listed();
    expect(done).toMatchObject({ status: 'applied', appliedAt: NOW });
    expect(done).not.toHaveProperty('progress');
  });

  it('that breaks off between them is finished by whoever comes next, with each event once', async () => {
    const tenant = people.tenant();
    await tenant.save();
    const count = 2_500;
    const file = csv(crew(count));
    const key = newId();
    await breakOff(tenant, file, key);

    // Another file, which has one more: the broken one is finished first.
    const other = await tenant.send(csv([...crew(count), worker(count + 1)]));
    expect(other.body).toMatchObject({ status: 'applied', counts: { created: 1, unchanged: count + 1 } });
    const again = await tenant.send(file, '', key);
    expect(again.body).toMatchObject({ status: 'applied', counts: { created: count + 1 } });
    const { rows } = await people.service.pool.query(
      `SELECT count(*)::int AS events, count(DISTINCT event_id)::int AS ids, count(DISTINCT stream)::int AS streams
         FROM log.events WHERE tenant_id = $1 AND type = 'PersonAdded'`,
      [tenant.tenantId],
    );
    expect(rows[0]).toEqual({ events: count + 2, ids: count + 2, streams: count + 2 });
  });
});

describe('over HTTP', () => {
  let built: PeopleService;
  let address: string;
  beforeAll(async () => {
    built = await peopleService(await builtDefinition());
    const fastify = built.service.service.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    address = await fastify.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => built.stop());

  const post = async (tenantId: string, file: AsyncIterable<Uint8Array>) =>
    fetch(`${address}/enrollment/v1/people/imports?mapping=crew`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await built.service.token({ tenantId, roles: ['hr'] })}`,
        'idempotency-key': newId(),
        'content-type': 'text/csv',
      },
      body: Readable.toWeb(Readable.from(file)) as ReadableStream,
      duplex: 'half',
    } as RequestInit);

  it('a body of more than 200 MB is refused', async () => {
    const tenant = built.tenant();
    await tenant.save();
    const block = Buffer.from(`${'x'.repeat(999_999)}\n`);
    async function* tooMuch() {
      yield Buffer.from(csv(crew(1)));
      for (let i = 0; i < 201; i++) yield block;
    }
    const response = await post(tenant.tenantId, tooMuch());
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      type: 'urn:cairn:problem:body-too-large',
      maxBytes: 200_000_000,
    });
  });

  it('others are answered while a large file is imported', async () => {
    const tenant = built.tenant();
    await tenant.save();
    const upload = { over: false };
    const start = performance.now();
    const imported = post(tenant.tenantId, large()).finally(() => (upload.over = true));
    const waits: number[] = [];
    while (!upload.over) {
      const began = performance.now();
      expect(await (await fetch(`${address}/enrollment/health/live`)).json()).toBeDefined();
      waits.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const response = await imported;
    expect([response.status, await response.json()]).toMatchObject([201, { status: 'applied' }]);
    // Nobody waits for the import as a whole, however slow the machine is.
    expect(Math.max(...waits)).toBeLessThan((performance.now() - start) / 2);
    expect(waits.length).toBeGreaterThan(10);
  });
});
