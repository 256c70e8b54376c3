import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Client } from './client.js';

const RUN = '6f1ed002-ab5b-4a5e-9a7a-9e5c7f0b1d11';
const ANOTHER = '0c5d8a0e-8b0a-4f57-9d4c-2f7f3a1c9b22';

let server: Server;
const answered: unknown[] = [];
/** Asks about one theme behind the link "good"; "used" is answered already, and "gone" leads nowhere. */
async function answersTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { token, answers } = (await json(request)) as { token: string; answers?: unknown };
  const says = { used: [409, { type: 'x:already-answered' }], gone: [404, {}], bad: [422, {}] }[token];
  if (says) response.writeHead(says[0] as number).end(JSON.stringify(says[1]));
  else if (request.url!.endsWith('/open')) response.end(JSON.stringify({ themes: [{ theme: 'courage' }] }));
  else {
    answered.push([request.headers.authorization, token, answers]);
    response.writeHead(204).end();
  }
}
beforeAll(async () => {
  // Answers with the key that it was given, and refuses what is sent to /refused.
  server = createServer((request, response) => {
    const errors = [{ pointer: '/header', detail: 'a header that has the column "Depp"' }];
    if (request.url?.startsWith('/goals/v1/answers')) void answersTo(request, response);
    else if (request.url === '/refused')
      response.writeHead(422).end(JSON.stringify({ detail: 'No.', errors }));
    else response.end(JSON.stringify(request.headers['idempotency-key']));
  }).listen(0);
  await once(server, 'listening');
});
afterAll(() => void server.close());

it('the key of a command is the same in the same run, and another in another run, of another seed, of another command', async () => {
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const key = (run: string, seed: number, label: string) =>
    new Client(url, { integration: '', hr: '' }, run, seed).give({ label, path: '/' });
  const keys = [
    await key(RUN, 1, 'enrol 1'),
    await key(ANOTHER, 1, 'enrol 1'),
    await key(RUN, 2, 'enrol 1'),
    await key(RUN, 1, 'enrol 2'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(await key(RUN, 1, 'enrol 1')).toBe(keys[0]);
});

it('a refusal is told with what it points to', async () => {
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  await expect(
    new Client(url, { integration: '', hr: '' }, RUN, 1).give({ label: 'x', path: '/refused' }),
  ).rejects.toThrow('(422): No.\n  /header: a header that has the column "Depp"');
});

it('answers by a link without a token of its own, once', async () => {
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const client = new Client(url, { integration: 'secret', hr: 'secret' }, RUN, 1);
  const answer = (token: string) => client.answer('goals', `/answer#${token}`, (theme) => [theme.length]);
  for (const token of ['good', 'used', 'gone']) await answer(token);
  expect(answered).toEqual([[undefined, 'good', [{ theme: 'courage', values: [7] }]]]);
  await expect(answer('bad')).rejects.toThrow('(422)');
});
