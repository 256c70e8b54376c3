import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { MOST_IDS } from './fields.js';
import { problemOf, type Fault } from './problem.js';

/**
 * The answer to what is no HTTP request, or one whose address and headers are larger than the server reads (16 kB): a problem document,
 * which Node alone does not send. For `clientError` of an http.Server.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const fault = FAULTS[error.code ?? ''] ?? notHttp;
  const body = JSON.stringify(problemOf(fault, randomUUID().replaceAll('-', '')));
  socket.end(
    `HTTP/1.1 ${fault.status} ${REASONS[fault.status]}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const notHttp: Fault = {
  status: 400,
  slug: 'bad-request',
  detail: 'This is no HTTP request that can be read.',
};
const FAULTS: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    slug: 'headers-too-large',
    detail: `The address and the headers are larger than 16 kB in all. Ask for at most ${MOST_IDS} ids in one request; if there are no more, send a shorter token, and fewer or shorter headers.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    slug: 'request-timeout',
    detail: 'The request did not arrive whole in time. Send it again.',
  },
};
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};
