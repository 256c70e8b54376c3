import 'reflect-metadata';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { RefusedError, type Refusal } from '@cairn/decider';
import { WrongExpectedVersion } from '@cairn/event-store';
import { CurrentSubject, Public, Roles, type Subject } from '@cairn/identity';
import { specApp, TENANT, type Reply, type SpecApp } from '../test/spec-app.js';
import { Command, Ctx } from './command.js';
import type { CommandContext } from './command-context.js';
import { IsCalendarDate, IsIanaZone, IsText, NotBefore } from './fields.js';
import { Id } from './ids.js';
import { listing, PageQuery } from './listing.js';
import { requireVersion } from './preconditions.js';

class Step {
  @IsText(20)
  title!: string;
}

class Plan {
  @IsText(10)
  name!: string;

  @IsIanaZone()
  zone!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(5)
  weight?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => Step)
  steps?: Step[];
}

class PlansQuery extends PageQuery {
  @IsOptional()
  @IsIn(['name', '-name'])
  sort?: string;

  @IsOptional()
  @IsCalendarDate()
  from?: string;

  @IsOptional()
  @IsCalendarDate()
  @NotBefore('from')
  to?: string;
}

const plans = listing('plans', { name: 'text' });
let toThrow: unknown;

@Controller('v1')
class PlansController {
  @Post('plans')
  @Roles('hr')
  @Command({ status: 201 })
  add(@Body() plan: Plan) {
    return plan;
  }

  @Post('plans/:planId/rename')
  @Roles('hr')
  @Command()
  rename(@Id('planId') _planId: string, @Ctx() { ifMatch }: CommandContext) {
    requireVersion(ifMatch, 7);
  }

  @Post('plans/imports')
  @Roles('hr')
  @Command({ status: 201, stream: { maxBytes: 1000 } })
  @ApiConsumes('text/csv', 'multipart/form-data')
  import() {}

  @Get('plans')
  @Roles('hr')
  list(@Query() query: PlansQuery) {
    return { after: plans.after(query.cursor) ?? null, limit: query.limit };
  }

  @Get('plans/:planId')
  @Roles('hr', 'coach')
  get(@Id('planId') planId: string, @CurrentSubject() subject: Subject) {
    return { planId, tenant: subject.tenantId };
  }

  @Get('fails')
  @Public()
  fails() {
    throw toThrow;
  }

  @Get('forgotten')
  forgotten() {
    return 'nobody said who may';
  }
}

const ID = '0190a1b2-0000-7000-8000-000000000001';
let spec: SpecApp;
let keys = 0;

beforeAll(async () => {
  spec = await specApp([PlansController]);
});
afterAll(() => spec.close());

const add = (body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  spec.send('POST', '/v1/plans', { body, headers: { 'idempotency-key': `key-${keys++}`, ...headers } });

function problem(
  reply: Reply,
  status: number,
  slug: string,
): { detail: string; errors: { pointer: string; detail: string }[] } {
  expect({ status: reply.status, type: reply.body['type'] }).toEqual({
    status,
    type: `urn:cairn:problem:${slug}`,
  });
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(reply.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  expect(reply.body['traceId']).toBe(reply.headers['trace-id']);
  expect(reply.text).not.toMatch(/node_modules|at \w+\.|select |insert /i);
  return reply.body as never;
}

const good = { name: 'a plan', zone: 'Europe/Berlin' };

describe('a body', () => {
  it('that is good is taken', async () =>
    expect((await add({ ...good, steps: [{ title: 'one' }] })).status).toBe(201));

  it('of malformed JSON: 400 with the place', async () => {
    const { errors } = problem(await add('{"name": "x", "zone": }'), 400, 'malformed-json');
    expect(errors).toEqual([{ pointer: '/zone', detail: expect.stringContaining('column 23') }]);
  });

  it.each(['{}', '{"a":1}', 'Id,Name\n1,x\n'])(
    'that is said to be JSON where a file is taken, %j: 415 whatever it is',
    async (body) => {
      const headers = { 'idempotency-key': 'file' };
      const reply = await spec.send('POST', '/v1/plans/imports', { body, headers });
      expect(problem(reply, 415, 'unsupported-media-type').detail).toContain(
        'Content-Type: text/csv or multipart/form-data.',
      );
    },
  );

  it('with an unknown field: 400 with pointer and what there is', async () => {
    const { errors } = problem(
      await add({ ...good, admin: true, steps: [{ title: 'x', done: 1 }] }),
      400,
      'unknown-field',
    );
    expect(errors).toEqual([
      { pointer: '/admin', detail: 'unknown; there are name, zone, weight, steps' },
      { pointer: '/steps/0/done', detail: 'unknown; there are title' },
    ]);
  });

  it.each([
    [{ name: 'new' }, '/name'],
    [['new'], '/0'],
    ['"new"', ''],
  ])('of %j where none is taken: 400 with pointer', async (body, pointer) => {
    const rename = (sent: unknown) =>
      spec.send('POST', `/v1/plans/${ID}/rename`, {
        body: sent,
        headers: { 'idempotency-key': `key-${keys++}`, 'if-match': '"7"' },
      });
    const { errors } = problem(await rename(body), 400, 'unknown-field');
    expect(errors).toEqual([{ pointer, detail: 'unknown; there are none' }]);
    expect((await rename({})).status).toBe(204);
  });

  it.each(['{"__proto__": {"x": 1}, "name": "a"}', '{"steps": [{"constructor": {"prototype": {}}}]}'])(
    'with %s: 400 with pointer',
    async (body) => {
      expect(problem(await add(body), 400, 'malformed-json').errors[0]!.pointer).toMatch(
        /__proto__|constructor/,
      );
    },
  );

  it.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['a text', '"x"'],
  ])('that is %s: 400', async (_, body) => void problem(await add(body), 400, 'not-an-object'));

  it('without what is required: 422 with a pointer each', async () => {
    const { errors } = problem(await add({}), 422, 'invalid-field');
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/name', '/zone']);
    problem(
      await spec.send('POST', '/v1/plans', { headers: { 'idempotency-key': 'none' } }),
      422,
      'invalid-field',
    );
  });

  it('with null where something may be left out: 422 with a pointer each', async () => {
    const body = { name: 'a', zone: 'Europe/Berlin', weight: null, steps: [{ title: null }] };
    const { errors } = problem(await add(JSON.stringify(body)), 422, 'null-not-taken');
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/weight', '/steps/0/title']);
  });

  it('with a text over its limit: 422 with the limit', async () => {
    const { errors } = problem(await add({ ...good, name: 'x'.repeat(11) }), 422, 'invalid-field');
    expect(errors).toEqual([{ pointer: '/name', detail: expect.stringContaining('1 to 10 characters') }]);
  });

  it.each(['a\u0000b', '\ud83d'])('with %j in a text: 422 with pointer', async (name) => {
    expect(problem(await add({ ...good, name }), 422, 'text-not-storable').errors[0]!.pointer).toBe('/name');
  });

  it.each(['+02:00', 'Europe/Atlantis', ''])('with the zone %j: 422', async (zone) => {
    expect(problem(await add({ ...good, zone }), 422, 'invalid-field').errors[0]).toMatchObject({
      pointer: '/zone',
    });
  });

  it('with wrong values deep inside: 422 with pointers', async () => {
    const { errors } = problem(
      await add({ ...good, weight: 'heavy', steps: [{ title: 'x' }, { title: 5 }, 'no'] }),
      422,
      'invalid-field',
    );
    expect(errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/weight', '/steps/2', '/steps/1/title']),
    );
  });

  it('that is too large: 413, read or announced', async () => {
    const { detail } = problem(await add({ ...good, name: 'x'.repeat(1024 * 1024) }), 413, 'body-too-large');
    expect(detail).toContain('1,048,576 bytes');
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])(
    'of media type %s: 415',
    async (type) =>
      void problem(await add('name=x', { 'content-type': type }), 415, 'unsupported-media-type'),
  );
});

describe('a body that is compressed', () => {
  it.each(['gzip', 'BR'])('as %s: 415, and uncompressed it is taken', async (encoding) => {
    const { detail } = problem(
      await add(good, { 'content-encoding': encoding }),
      415,
      'unsupported-media-type',
    );
    expect(detail).toContain('send the body uncompressed');
    expect((await add(good, { 'content-encoding': 'identity' })).status).toBe(201);
  });
});

describe('an address', () => {
  it('that is not there: 404', async () => {
    problem(await spec.send('GET', '/v1/nothing'), 404, 'no-such-route');
    problem(await spec.send('POST', '/v1/nothing', { body: { a: 1 } }), 404, 'no-such-route');
    problem(await spec.send('DELETE', '/v1/plans'), 404, 'no-such-route');
    problem(await spec.send('GET', `/v1/plans/${'x'.repeat(300)}`), 404, 'no-such-route');
  });

  it('with an id that is no UUID: 404, as one that never existed', async () => {
    expect(problem(await spec.send('GET', '/v1/plans/7'), 404, 'not-found').detail).toBe(
      'There is no such plan.',
    );
    problem(await spec.send('GET', '/v1/plans/%00'), 404, 'not-found');
  });

  it('that is not well-formed: 400', async () =>
    void problem(await spec.send('GET', '/v1/plans/%E0%A4%A'), 400, 'bad-url'));
});

describe('a query', () => {
  const list = (query: string) => spec.send('GET', `/v1/plans?${query}`);

  it('that is good is taken', async () => {
    const { nextCursor } = plans.page([{ name: 'a' }, { name: 'b' }], 1, (row) => row);
    expect(
      (await list(`limit=10&sort=-name&from=2026-01-01&to=2026-01-01&cursor=${nextCursor}`)).body,
    ).toEqual({ after: { name: 'a' }, limit: 10 });
    expect((await list('')).body).toEqual({ after: null, limit: 50 });
  });

  it('with an unknown filter: 400, names what is allowed', async () => {
    const { detail, errors } = problem(await list('status=x&limit=5'), 400, 'unknown-parameter');
    expect(detail).toContain('limit, cursor');
    expect(detail).toContain('sort, from, to');
    expect(errors).toEqual([{ pointer: '/status', detail: 'unknown' }]);
  });

  it('where none is taken: 400, and says so', async () => {
    expect(
      problem(await spec.send('GET', `/v1/plans/${ID}?depth=2`), 400, 'unknown-parameter').detail,
    ).toContain('no query parameters');
  });

  it('with an unknown sort: 400, names what is allowed', async () => {
    expect(problem(await list('sort=age'), 400, 'bad-query').errors[0]).toEqual({
      pointer: '/sort',
      detail: expect.stringContaining('name, -name'),
    });
  });

  it.each(['limit=0', 'limit=501', 'limit=ten'])('with %s: 400, names the range', async (query) => {
    expect(problem(await list(query), 400, 'bad-query').errors[0]).toEqual({
      pointer: '/limit',
      detail: expect.stringContaining('1 to 500'),
    });
  });

  it('with a parameter given twice: 400, says so', async () => {
    expect(problem(await list('from=2026-01-01&from=2026-01-02'), 400, 'bad-query').errors).toEqual([
      { pointer: '/from', detail: 'was given twice: it takes one at a time' },
    ]);
  });

  it('with a bad cursor: 400', async () => {
    for (const cursor of ['x', '', 'eyJhIjoxfQ', '%00']) {
      const reply = await list(`cursor=${cursor}`);
      expect(reply.status).toBe(400);
      expect(reply.body['errors']).toMatchObject([{ pointer: '/cursor' }]);
    }
  });

  it('with from after to: 400, says which', async () => {
    expect(problem(await list('from=2026-02-01&to=2026-01-01'), 400, 'bad-query').errors).toEqual([
      { pointer: '/to', detail: 'to must not be before from' },
    ]);
    problem(await list('from=2026-02-30'), 400, 'bad-query');
  });
});

describe('a token', () => {
  const get = (headers: Record<string, string>) =>
    spec.send('GET', `/v1/plans/${ID}`, { as: 'nobody', headers });

  it('is required: 401 with a challenge', async () => {
    const reply = await get({});
    problem(reply, 401, 'unauthenticated');
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="cairn"');
  });

  it.each(['Bearer x.y.z', 'Bearer', 'Basic dTpw', 'Bearer a b'])(
    'must be good: 401 for %j',
    async (authorization) => {
      const reply = await get({ authorization });
      problem(reply, 401, 'unauthenticated');
      expect(reply.headers['www-authenticate']).toContain('error=');
    },
  );

  it('must carry a role of the route: 403 for others', async () => {
    expect(problem(await spec.send('GET', '/v1/plans', { as: 'coach' }), 403, 'wrong-role').detail).toBe(
      'This needs one of the roles hr.',
    );
    expect((await spec.send('GET', `/v1/plans/${ID}`, { as: 'coach' })).body).toEqual({
      planId: ID,
      tenant: TENANT,
    });
  });

  it('opens nothing that names no role', async () =>
    void problem(await spec.send('GET', '/v1/forgotten'), 403, 'wrong-role'));
});

describe('a version', () => {
  const rename = (headers: Record<string, string>) =>
    spec.send('POST', `/v1/plans/${ID}/rename`, {
      headers: { 'idempotency-key': `key-${keys++}`, ...headers },
    });

  it('is required: 428', async () => void problem(await rename({}), 428, 'if-match-required'));
  it('must be current: 412 with the current one', async () => {
    const reply = await rename({ 'if-match': '"6"' });
    problem(reply, 412, 'stale-version');
    expect(reply.body['currentVersion']).toBe(7);
    expect((await rename({ 'if-match': '"7"' })).status).toBe(204);
  });
  it('must be an ETag: 400', async () =>
    void problem(await rename({ 'if-match': '7' }), 400, 'bad-if-match'));
});

describe('a refusal of the domain', () => {
  const refused = async (refusal: Refusal) => {
    toThrow = new RefusedError(refusal);
    return spec.send('GET', '/v1/fails', { as: 'nobody' });
  };

  it.each([
    ['conflict', 409],
    ['not-yet-known', 409],
    ['invalid', 422],
    ['malformed', 400],
    ['not-found', 404],
    ['forbidden', 403],
    ['stale', 412],
    ['precondition-required', 428],
  ] as const)('of kind %s: %i', async (kind, status) => {
    const reply = await refused({ kind, slug: 'some-slug', detail: 'Do this.', extra: { state: 'paused' } });
    problem(reply, status, 'some-slug');
    expect(reply.body).toMatchObject({ state: 'paused', title: 'Some slug' });
    expect(reply.headers['retry-after']).toBe(kind === 'not-yet-known' ? '1' : undefined);
  });

  it('cannot take the place of the document’s own members', async () => {
    const reply = await refused({
      kind: 'conflict',
      slug: 'real',
      detail: 'x',
      extra: { type: 'fake', status: 200, traceId: 'fake' },
    });
    problem(reply, 409, 'real');
  });
});

describe('what nobody expected', () => {
  const failing = async (error: unknown) => {
    toThrow = error;
    return spec.send('GET', '/v1/fails', { as: 'nobody' });
  };
  const sqlError = (code: string, message: string) =>
    Object.assign(new Error(message), { code, query: 'select canary', detail: 'canary' });

  it.each([
    new Error('canary in select 1'),
    sqlError('23505', 'duplicate key canary'),
    sqlError('22P02', 'canary'),
    'canary',
    null,
    undefined,
    { canary: 1 },
  ])('is 500 and tells nothing: %p', async (error) => {
    const reply = await failing(error);
    problem(reply, 500, 'internal-error');
    expect(reply.text).not.toContain('canary');
  });

  const outages: (Error & { code?: string })[] = [
    sqlError('57P01', 'terminating connection due to administrator command'),
    sqlError('ECONNREFUSED', 'connect ECONNREFUSED'),
    sqlError('53300', 'sorry, too many clients already'),
    sqlError('40P01', 'deadlock detected'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    new Error('outer', { cause: sqlError('08006', 'x') }),
    Object.assign(new Error('typeorm'), {
      driverError: sqlError('57P03', 'the database system is starting up'),
    }),
    new AggregateError([sqlError('ECONNREFUSED', 'a'), sqlError('ECONNREFUSED', 'b')]),
  ];

  it.each(outages.map((error) => [String(error.code ?? error.message), error] as const))(
    'is 503 with Retry-After when something is out of reach: %s',
    async (_, error) => {
      const reply = await failing(error);
      problem(reply, 503, 'unavailable');
      expect(reply.headers['retry-after']).toBe('1');
    },
  );

  it('is 409 with Retry-After when others were always faster', async () => {
    const reply = await failing(new WrongExpectedVersion('session-x', 1, 2));
    problem(reply, 409, 'busy');
    expect(reply.text).not.toContain('session-x');
    expect(reply.headers['retry-after']).toBe('1');
  });
});

describe('a trace', () => {
  it('goes on from the caller’s, into header and body', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const reply = await spec.send('GET', '/v1/nothing', { headers: { traceparent } });
    expect(reply.body['traceId']).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });
});

describe('over a real connection', () => {
  it('a body that goes on and on is cut off: 413', async () => {
    const server = await spec.app.listen(0, '127.0.0.1').then(() => spec.app.getHttpServer());
    const { port } = server.address() as AddressInfo;
    const authorization = `Bearer ${await spec.token('hr')}`;
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        {
          port,
          method: 'POST',
          path: '/spec/v1/plans',
          headers: {
            authorization,
            'content-type': 'application/json',
            'idempotency-key': 'endless',
          },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode!);
        },
      );
      request.on('error', reject);
      for (let n = 0; n < 20; n++) request.write('x'.repeat(100_000));
    });
    expect(status).toBe(413);
  });
});
