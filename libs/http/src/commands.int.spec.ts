import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, Query } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Roles } from '@cairn/identity';
import { PERSON, specApp, TENANT, type Reply, type SpecApp } from '../test/spec-app.js';
import { Answer, created, unfinished } from './answer.js';
import { BodyStream, Command, Ctx } from './command.js';
import type { CommandContext } from './command-context.js';
import { commandIdOf } from './command-context.js';
import { IsQueryFlag, IsText } from './fields.js';

class Entry {
  @IsText(100)
  what!: string;
}

class Options {
  @IsOptional()
  @IsQueryFlag()
  dryRun?: boolean;
}

const NOW = '2026-03-01T09:00:00.000Z';

/** What the next command does before it takes effect. */
let before: (context: CommandContext) => Promise<void> = async () => {};
let after: () => Promise<void> = async () => {};
let seen: CommandContext[] = [];

@Controller('v1')
class LedgerController {
  /** Each run is a row: nothing but the key keeps it from being two. */
  @Post('entries')
  @Roles('hr', 'coachee')
  @Command({ status: 201 })
  async add(@Body() { what }: Entry, @Query() _: Options, @Ctx() context: CommandContext) {
    seen.push(context);
    await before(context);
    const id = derivedId(context.commandId, 'entry:0');
    await spec.pool.query('insert into effects (command_id, what) values ($1, $2)', [
      context.commandId,
      what,
    ]);
    await after();
    return created(`/spec/v1/entries/${id}`, { id, what }, 1);
  }

  @Post('entries/:entryId/notes')
  @Roles('hr')
  @Command()
  note(@Ctx() context: CommandContext) {
    return { commandId: context.commandId };
  }

  /** Row and answer in one transaction. */
  @Post('bookings')
  @Roles('hr')
  @Command()
  async book(@Body() { what }: Entry, @Ctx() context: CommandContext) {
    const client = await spec.pool.connect();
    try {
      await client.query('begin');
      await client.query('insert into effects (command_id, what) values ($1, $2)', [context.commandId, what]);
      await before(context);
      await context.complete(client, new Answer({ booked: what }));
      await client.query('commit');
      await after();
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  /** Does one part each time, of two. */
  @Post('series')
  @Roles('hr')
  @Command({ status: 201 })
  async series(@Body() { what }: Entry, @Ctx() context: CommandContext) {
    await spec.pool.query('insert into effects (command_id, what) values ($1, $2)', [
      context.commandId,
      what,
    ]);
    const done = await effects();
    return done < 2 ? unfinished({ done }) : created('/spec/v1/series/1', { done });
  }

  @Post('nothing')
  @Roles('hr')
  @Command()
  nothing() {}

  @Post('files')
  @Roles('hr', 'integration')
  @Command({ stream: { maxBytes: 1000 } })
  async upload(@BodyStream() file: Readable, @Ctx() context: CommandContext) {
    await before(context);
    const what = await text(file);
    await spec.pool.query('insert into effects (command_id, what) values ($1, $2)', [
      context.commandId,
      what,
    ]);
    return { length: what.length };
  }
}

let spec: SpecApp;
beforeAll(async () => {
  spec = await specApp([LedgerController], { clock: { now: () => new Date(NOW) }, streams: ['text/csv'] });
  await spec.pool.query('create table effects (command_id uuid not null, what text not null)');
});
afterAll(() => spec.close());

const reset = async () => {
  before = after = async () => {};
  seen = [];
  await spec.pool.query('truncate effects, http.command_keys');
};

const send = (
  key: string | undefined,
  body: unknown = { what: 'x' },
  more: { path?: string; as?: 'hr' | 'coachee' | 'integration'; headers?: Record<string, string> } = {},
) =>
  spec.send('POST', more.path ?? '/v1/entries', {
    as: more.as ?? 'hr',
    body,
    headers: { ...(key === undefined ? {} : { 'idempotency-key': key }), ...more.headers },
  });

const effects = async () =>
  Number((await spec.pool.query<{ n: string }>('select count(*) as n from effects')).rows[0]!.n);
const type = (reply: Reply) => String(reply.body['type']).replace('urn:cairn:problem:', '');
const endLeases = () =>
  spec.pool.query(`update http.command_keys set lease_until = now() - interval '1 second'`);

describe('a key', () => {
  beforeAll(reset);

  it('is required: 400', async () => {
    const reply = await send(undefined);
    expect([reply.status, type(reply)]).toEqual([400, 'idempotency-key-missing']);
    for (const bad of ['', 'x'.repeat(256), 'ümlaut']) expect((await send(bad)).status).toBe(400);
    expect(await effects()).toBe(0);
  });

  it('opens the answer that is kept, which nobody else can read: 0 hits of a name in it', async () => {
    const what = 'Åsa Lindqvist';
    const first = await send('opens-it', { what });
    const { rows } = await spec.pool.query<{ row: string }>(
      'select to_jsonb(k)::text as row from http.command_keys k where status is not null',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row).not.toContain('Lindqvist');
    const again = await send('opens-it', { what });
    expect([again.headers['idempotent-replay'], again.text]).toEqual(['true', first.text]);
    await reset();
  });

  it('makes the same command of the same request, and another one for each subject, method, path and key', () => {
    const id = (...parts: Partial<Parameters<typeof commandIdOf>>) =>
      commandIdOf(
        ...(Object.assign([TENANT, 'user:hr', 'POST', '/spec/v1/entries', 'k'], parts) as Parameters<
          typeof commandIdOf
        >),
      );
    expect(id()).toBe(id());
    const others = [
      id(PERSON),
      id(TENANT, 'user:x'),
      id(TENANT, 'user:hr', 'PUT'),
      id(TENANT, 'user:hr', 'POST', '/spec/v1/x'),
      id(TENANT, 'user:hr', 'POST', '/spec/v1/entries', 'l'),
    ];
    expect(new Set([id(), ...others]).size).toBe(6);
  });
});

describe('an id in a path', () => {
  it('names the same command in capitals', async () => {
    const id = randomUUID();
    const send = async (named: string) => {
      const headers = { 'idempotency-key': id };
      const { text } = await spec.send('POST', `/v1/entries/${named}/notes`, { as: 'hr', body: {}, headers });
      return text;
    };
    const plain = await send(id);
    expect(plain).toContain('commandId');
    expect(await send(id.toUpperCase())).toBe(plain);
  });
});

describe('a command sent again', () => {
  beforeAll(reset);

  it('gets the same answer, byte for byte, and has no second effect', async () => {
    const first = await send('again');
    const second = await send('again', ' { "what" : "x" } ');
    expect(first.status).toBe(201);
    expect(first.headers['location']).toMatch(/^\/spec\/v1\/entries\/[0-9a-f-]{36}$/);
    expect({
      status: second.status,
      text: second.text,
      location: second.headers['location'],
      etag: second.headers['etag'],
    }).toEqual({
      status: 201,
      text: first.text,
      location: first.headers['location'],
      etag: '"1"',
    });
    expect([first.headers['idempotent-replay'], second.headers['idempotent-replay']]).toEqual([
      undefined,
      'true',
    ]);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(await effects()).toBe(1);
  });

  it('may have no body to answer', async () => {
    const first = await send('quiet', {}, { path: '/v1/nothing' });
    const second = await send('quiet', {}, { path: '/v1/nothing' });
    expect([first.status, first.text, second.status, second.text]).toEqual([204, '', 204, '']);
  });

  it('goes on where the answer was not its last', async () => {
    await reset();
    const sent = () => send('parts', undefined, { path: '/v1/series' });
    const replies = [await sent(), await sent(), await sent()];
    expect(replies.map(({ status, body }) => [status, body])).toEqual([
      [207, { done: 1 }],
      [201, { done: 2 }],
      [201, { done: 2 }],
    ]);
    expect((await send('parts', { what: 'other' }, { path: '/v1/series' })).status).toBe(422);
    expect(
      new Set(
        (await spec.pool.query<{ command_id: string }>('select command_id from effects')).rows.map(
          (row) => row.command_id,
        ),
      ).size,
    ).toBe(1);
  });

  it('with another body, query, occurredAt or version is another request: 422', async () => {
    await send('reused');
    const others = [
      await send('reused', { what: 'y' }),
      await send('reused', undefined, { path: '/v1/entries?dryRun=true' }),
      await send('reused', undefined, { headers: { 'if-match': '"1"' } }),
    ];
    for (const other of others) expect([other.status, type(other)]).toEqual([422, 'idempotency-key-reused']);
    expect((await send('reused')).status).toBe(201);
    const at = (second: number) => ({
      'cairn-on-behalf-of': 'hr',
      'cairn-occurred-at': `2025-12-24T18:00:0${second}Z`,
    });
    expect((await send('when', undefined, { as: 'integration', headers: at(1) })).status).toBe(201);
    expect((await send('when', undefined, { as: 'integration', headers: at(2) })).status).toBe(422);
  });

  it('by somebody else is their own command', async () => {
    await reset();
    await send('mine');
    expect((await send('mine', { what: 'y' }, { as: 'coachee' })).status).toBe(201);
    expect(await effects()).toBe(2);
  });
});

describe('while a command is being carried out', () => {
  it('the same one gets 409 with Retry-After, another body 422', async () => {
    await reset();
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const entered = new Promise<void>((enter) => {
      before = async () => {
        enter();
        await gate;
      };
    });
    const first = send('slow');
    await entered;
    const meanwhile = await send('slow');
    expect([meanwhile.status, type(meanwhile), meanwhile.headers['retry-after']]).toEqual([
      409,
      'command-in-flight',
      '1',
    ]);
    expect((await send('slow', { what: 'y' })).status).toBe(422);
    go();
    expect((await first).status).toBe(201);
    expect((await send('slow')).headers['idempotent-replay']).toBe('true');
    expect(await effects()).toBe(1);
  });

  it('it keeps its lease for as long as it takes', async () => {
    await reset();
    let renewed!: () => void;
    const renewal = new Promise<void>((resolve) => (renewed = resolve));
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    before = async () => {
      await spec.pool.query(`update http.command_keys set lease_until = now() + interval '1 second'`);
      const isRenewed = async () => {
        const ahead = `select from http.command_keys where lease_until > now() + interval '5 seconds'`;
        return (await spec.pool.query(ahead)).rowCount === 1;
      };
      while (!(await isRenewed())) await new Promise((resolve) => setTimeout(resolve, 50));
      renewed();
      await gate;
    };
    const first = send('long');
    await renewal;
    const meanwhile = await send('long');
    go();
    expect([meanwhile.status, type(meanwhile)]).toEqual([409, 'command-in-flight']);
    expect((await first).status).toBe(201);
    expect(await effects()).toBe(1);
  });
});

describe('a refused command', () => {
  it('is judged afresh when sent again: nothing happened', async () => {
    await reset();
    before = async () => {
      throw new RefusedError({
        kind: 'conflict',
        slug: 'paused',
        detail: 'It is paused.',
        extra: { state: 'paused' },
      });
    };
    expect((await send('judged')).status).toBe(409);
    before = async () => {};
    const again = await send('judged');
    expect([again.status, again.headers['idempotent-replay']]).toEqual([201, undefined]);
    expect(await effects()).toBe(1);
  });

  it('does not bind its key: the body may be mended', async () => {
    await reset();
    expect((await send('mended', { what: '' })).status).toBe(422);
    expect((await send('mended', { what: 'good' })).status).toBe(201);
  });
});

describe('a command that failed midway', () => {
  it('is run again at once, under the same id, for the same request only', async () => {
    await reset();
    after = async () => {
      throw new Error('the process fell over');
    };
    expect((await send('broken')).status).toBe(500);
    after = async () => {};
    expect((await send('broken', { what: 'y' })).status).toBe(422);
    expect((await send('broken')).status).toBe(201);
    expect(new Set(seen.map((context) => context.commandId)).size).toBe(1);
  });

  it('because its owner died is run again once the lease has ended', async () => {
    await reset();
    const commandId = commandIdOf(TENANT, 'user:hr', 'POST', '/spec/v1/nothing', 'orphan');
    await send('orphan', {}, { path: '/v1/nothing' });
    await spec.pool.query(
      `update http.command_keys set status = null, owner = $2, lease_until = now() + interval '10 seconds' where command_id = $1`,
      [commandId, randomUUID()],
    );
    expect((await send('orphan', {}, { path: '/v1/nothing' })).status).toBe(409);
    await endLeases();
    expect((await send('orphan', {}, { path: '/v1/nothing' })).status).toBe(204);
  });
});

describe('rows and answer in one transaction', () => {
  const book = (key: string) => send(key, { what: 'seat' }, { path: '/v1/bookings' });

  it('are there together', async () => {
    await reset();
    const first = await book('both');
    expect([first.status, first.body]).toEqual([200, { booked: 'seat' }]);
    expect((await book('both')).text).toBe(first.text);
    expect(await effects()).toBe(1);
  });

  it('are both gone when it is rolled back', async () => {
    await reset();
    before = async () => {
      throw new Error('no');
    };
    expect((await book('neither')).status).toBe(500);
    expect(await effects()).toBe(0);
    before = async () => {};
    expect((await book('neither')).status).toBe(200);
  });

  it('survive that the answer was never sent', async () => {
    await reset();
    after = async () => {
      throw new Error('died after the commit');
    };
    expect((await book('unheard')).status).toBe(500);
    const again = await book('unheard');
    expect([again.status, again.headers['idempotent-replay']]).toEqual([200, 'true']);
    expect(await effects()).toBe(1);
  });

  it('of an owner that was paused beyond its lease are rolled back: the other one’s stand', async () => {
    await reset();
    let overtaking: Promise<Reply> | undefined;
    before = async () => {
      before = async () => {};
      await endLeases();
      overtaking = book('paused');
      await overtaking;
    };
    const late = await book('paused');
    expect([late.status, type(late)]).toEqual([409, 'command-in-flight']);
    expect((await overtaking!).status).toBe(200);
    expect(await effects()).toBe(1);
  });
});

describe('a body that is read as it arrives', () => {
  const upload = (key: string, body: string, headers: Record<string, string> = {}, path = '/v1/files') =>
    send(key, body, { path, headers: { 'content-type': 'text/csv', ...headers } });

  it('takes effect once, and is compared when it comes again', async () => {
    await reset();
    const first = await upload('file', 'a;b\n1;2\n');
    expect([first.status, first.body]).toEqual([200, { length: 8 }]);
    expect((await upload('file', 'a;b\n1;2\n')).text).toBe(first.text);
    expect((await upload('file', 'a;b\n1;3\n')).status).toBe(422);
    expect(await effects()).toBe(1);
  });

  it('is taken where it is meant alone: 415 elsewhere', async () => {
    await reset();
    const elsewhere = await upload('astray', 'a;b\n1;2\n', {}, '/v1/entries');
    expect([elsewhere.status, type(elsewhere)]).toEqual([415, 'unsupported-media-type']);
    expect(await effects()).toBe(0);
  });

  it('has its limit: 413', async () => {
    const reply = await upload('large', 'x'.repeat(1001));
    expect([reply.status, type(reply), reply.body['maxBytes']]).toEqual([413, 'body-too-large', 1000]);
  });
});

describe('who and when', () => {
  const context = () => seen.at(-1)!;
  beforeAll(reset);

  it('is the token’s subject, now', async () => {
    await send(randomUUID());
    expect(context()).toMatchObject({
      tenantId: TENANT,
      occurredAt: NOW,
      now: NOW,
      actor: { subject: 'user:hr', role: 'hr' },
    });
    expect(context().correlationId).toBe(context().commandId);
    expect(context().traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('is the person named by integration, in the past', async () => {
    const headers = {
      'cairn-on-behalf-of': `coachee:${PERSON}`,
      'cairn-occurred-at': '2025-12-24T18:00:00Z',
    };
    expect((await send(randomUUID(), undefined, { as: 'integration', headers })).status).toBe(201);
    expect(context()).toMatchObject({
      occurredAt: '2025-12-24T18:00:00.000Z',
      now: NOW,
      actor: { subject: 'user:integration', role: 'coachee', personId: PERSON },
      subject: { roles: ['coachee'], personId: PERSON },
    });
  });

  it.each([
    ['hr', 'cairn-occurred-at', '2025-12-24T18:00:00Z', 403],
    ['hr', 'cairn-on-behalf-of', `coachee:${PERSON}`, 403],
    ['integration', 'cairn-occurred-at', '2026-03-01T09:00:00.001Z', 422],
    ['integration', 'cairn-occurred-at', 'yesterday', 400],
    ['integration', 'cairn-occurred-at', '2025-12-24T18:00:00+01:00', 400],
    ['integration', 'cairn-on-behalf-of', 'coachee:7', 400],
    ['integration', 'cairn-on-behalf-of', 'coach:', 400],
    ['integration', 'cairn-on-behalf-of', `sponsor:${PERSON}`, 403],
  ] as const)('as %s with %s: %s is %i', async (as, name, value, status) => {
    const onBehalf: Record<string, string> =
      as === 'integration' && name !== 'cairn-on-behalf-of' ? { 'cairn-on-behalf-of': 'hr' } : {};
    expect(
      (await send(randomUUID(), undefined, { as, headers: { ...onBehalf, [name]: value } })).status,
    ).toBe(status);
  });

  it('must be said by integration, which may not act for itself here', async () => {
    const reply = await send(randomUUID(), undefined, { as: 'integration' });
    expect([reply.status, type(reply)]).toEqual([403, 'wrong-role']);
    expect(reply.body['detail']).toContain('Cairn-On-Behalf-Of');
  });
});

describe('old answers', () => {
  it('are forgotten after a week', async () => {
    await reset();
    await send('old');
    await send('new');
    await spec.pool.query(
      `update http.command_keys set created_at = now() - interval '8 days', lease_until = now() - interval '8 days'
      where command_id = $1`,
      [commandIdOf(TENANT, 'user:hr', 'POST', '/spec/v1/entries', 'old')],
    );
    const { CommandKeys } = await import('./command-keys.js');
    expect(await new CommandKeys(spec.pool).forgetOld()).toBe(1);
  });
});

describe('1,000 keys, 20 sends each at once', () => {
  it('have 1,000 effects; each answer is the same or 409', async () => {
    await reset();
    await spec.token('hr');
    const answers = new Map<string, Set<string>>();
    let inFlight = 0;
    const one = async (key: string) => {
      const reply = await send(key, { what: key });
      if (reply.status === 409) {
        inFlight += 1;
        expect(type(reply)).toBe('command-in-flight');
        return;
      }
      expect(reply.status).toBe(201);
      answers.set(key, (answers.get(key) ?? new Set()).add(reply.text));
    };
    for (let block = 0; block < 20; block++) {
      const keys = Array.from({ length: 50 }, (_, n) => `key-${block}-${n}`);
      await Promise.all(keys.flatMap((key) => Array.from({ length: 20 }, () => one(key))));
    }
    expect(await effects()).toBe(1000);
    expect(answers.size).toBe(1000);
    expect([...answers.values()].every((texts) => texts.size === 1)).toBe(true);
    expect(inFlight).toBeGreaterThan(0);
  });
});
