import { expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerClientError } from './client-error.js';

it.each([
  [
    `GET / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${'x'.repeat(17_000)}\r\n\r\n`,
    431,
    'headers-too-large',
    /a shorter token/,
  ],
  [
    `GET /?ids=${Array(600).fill('0190a1b2-0000-7000-8000-000000000001')} HTTP/1.1\r\nhost: x\r\n\r\n`,
    431,
    'headers-too-large',
    /at most 200 ids in one request/,
  ],
  ['no request\r\n\r\n', 400, 'bad-request', /no HTTP request/],
])('what is refused before it is a request gets a problem document', async (sent, status, slug, fix) => {
  const server = createServer((_, response) => response.end());
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(sent);
  const [head, body] = (await text(socket)).split('\r\n\r\n');
  server.close();
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain('content-type: application/problem+json');
  const detail = expect.stringMatching(fix);
  expect(JSON.parse(body!)).toMatchObject({ status, type: `urn:cairn:problem:${slug}`, detail });
});
