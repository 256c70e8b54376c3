import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { operationsOf, type Operation } from './api.js';
import type { Answer, Client, Who } from './client.js';
import { openCairn, type Cairn } from './harness.js';

/*
 * What no endpoint takes, tried on each endpoint of the API reference. Forms are judged before anything is looked up, so
 * the ids in the paths are nobody's.
 */
process.env['LOG_LEVEL'] = 'fatal';
let cairn: Cairn;
let client: Client;
let operations: Operation[];
beforeAll(async () => {
  cairn = await openCairn('postgres');
  client = cairn.client;
  operations = await operationsOf(client);
}, 90_000);
afterAll(() => cairn?.stop());

/** Whoever may call it, with every claim that a role needs. */
const allowed = ({ roles }: Operation): Who => ({
  roles: [roles!.find((role) => role !== 'integration') ?? roles![0]!],
  personId: crypto.randomUUID(),
  coachId: crypto.randomUUID(),
});
const at = ({ path }: Operation): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'name' ? 'a-name' : crypto.randomUUID()));
const takingJson = () =>
  operations.filter(({ isCommand, contentType }) => isCommand && contentType === 'application/json');
const lists = () => operations.filter(({ query }) => query.includes('cursor'));

interface Expected {
  readonly status: number;
  /** In `errors` of the problem. */
  readonly pointer?: string;
}

const came = ({ status, body }: Answer, expected: Expected): boolean =>
  status === expected.status &&
  String(body.type).startsWith('urn:cairn:problem:') &&
  (expected.pointer === undefined || JSON.stringify(body.errors ?? []).includes(`"${expected.pointer}"`));

const JSON_TYPE = 'application/json';
const cases: readonly [string, (body: object) => { text: string; type: string }, Expected][] = [
  ['malformed JSON', () => ({ text: '{"a": ', type: JSON_TYPE }), { status: 400 }],
  [
    '__proto__',
    (body) => ({
      text: JSON.stringify(body).replace(/^\{/, '{"__proto__":{"admin":true},').replace(',}', '}'),
      type: JSON_TYPE,
    }),
    { status: 400 },
  ],
  [
    'an unknown field',
    (body) => ({ text: JSON.stringify({ ...body, 'unknown~1': 1, nobodysField: 1 }), type: JSON_TYPE }),
    { status: 400, pointer: '/nobodysField' },
  ],
  ['another media type', (body) => ({ text: JSON.stringify(body), type: 'text/plain' }), { status: 415 }],
  [
    'more than 1 MB',
    (body) => ({ text: JSON.stringify({ ...body, much: 'x'.repeat(1_100_000) }), type: JSON_TYPE }),
    { status: 413 },
  ],
];

describe('every command that takes JSON', () => {
  it.each(cases)('refuses %s', async (_, bodyOf, expected) => {
    const wrong: string[] = [];
    for (const operation of takingJson()) {
      const { text, type } = bodyOf(operation.body as object);
      const answer = await client.send(allowed(operation), {
        method: operation.method,
        path: at(operation),
        body: text,
        headers: { 'content-type': type },
      });
      if (!came(answer, expected))
        wrong.push(`${operation.name}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
    expect(wrong).toEqual([]);
    expect(takingJson().length).toBeGreaterThan(25);
  });
});

describe('the one origin', () => {
  /** @param target the request line's, as it is; @returns the status, or what came instead */
  const ask = (target: string, method = 'GET') =>
    new Promise<number | string>((resolve) => {
      const { hostname, port } = new URL(client.url as string);
      const asked = request({ host: hostname, port, method, path: target }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      asked.on('error', (error) => resolve(error.message));
      asked.end();
    });

  it('answers whatever the request line names, and lives on', async () => {
    const targets = [
      '//',
      '///',
      '//a:b',
      'http://',
      'http://elsewhere:99999/',
      '*',
      '\\\\',
      '/%',
      '/%zz/%00',
      '/enrollment/%zz',
      '/enrollment//v1',
      '/enrollment?%',
      '/?//',
      `/${'x'.repeat(12_000)}`,
    ];
    for (const target of targets)
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const status = Number(await ask(target, method));
        expect([target, method, status >= 200 && status < 500]).toEqual([target, method, true]);
      }
    expect(await ask('/health/live')).toBe(200);
  });

  it('takes the absolute form of a request, as a proxy sends it', async () => {
    expect(await ask('http://cairn.example/enrollment/health/live')).toBe(200);
    expect(await ask('http://cairn.example')).toBe(await ask('/'));
  });
});

describe('every list', () => {
  it.each(['limit=0', 'limit=501', 'limit=many', 'cursor=nonsense', 'cursor=', 'cursor=eyJ2IjoiYSJ9'])(
    'refuses ?%s',
    async (query) => {
      const wrong: string[] = [];
      for (const operation of lists().filter(({ query: of }) => of.includes(query.split('=')[0]!))) {
        const answer = await client.send(allowed(operation), { path: `${at(operation)}?${query}` });
        if (!came(answer, { status: 400 }))
          wrong.push(`${operation.name}: ${answer.status} ${answer.text.slice(0, 300)}`);
      }
      expect(wrong).toEqual([]);
      expect(lists().length).toBeGreaterThan(6);
    },
  );
});
