import { types } from 'node:util';
import { HttpException } from '@nestjs/common';
import { RefusedError } from '@cairn/decider';
import { UnstorableEvent, WrongExpectedVersion } from '@cairn/event-store';
import { SAYS_CONNECTION } from '@cairn/event-store/postgres';
import { Unauthenticated } from '@cairn/identity';
import { FaultError } from './fault-error.js';
import { faultOf, type Fault } from './problem.js';

/** What the caller is told of an error. `unexpected` ones are defects: they are logged with the request's trace id. */
export function understand(error: unknown, bodyLimit: number): Fault & { readonly unexpected?: true } {
  if (error instanceof RefusedError) return faultOf(error.refusal);
  if (error instanceof FaultError) return error.fault;
  if (error instanceof Unauthenticated) {
    return {
      status: 401,
      slug: 'unauthenticated',
      detail: error.detail,
      headers: { 'www-authenticate': error.challenge },
    };
  }
  if (error instanceof UnstorableEvent)
    return {
      status: 422,
      slug: `event-${error.reason}`,
      detail: 'The command carries more, or other, text than an event can hold.',
    };
  if (error instanceof WrongExpectedVersion) {
    return {
      status: 409,
      slug: 'busy',
      detail: 'Others keep changing the same thing. Send the command again with the same key.',
      headers: RETRY,
    };
  }
  if (some(error, isFullDisk)) return { ...OUTAGE, detail: FULL_DISK };
  if (some(error, isNoAnswer)) return OUTAGE;
  return ofFramework(error, bodyLimit) ?? { ...DEFECT, unexpected: true };
}

const RETRY = { 'retry-after': '1' };

const OUTAGE: Fault = {
  status: 503,
  slug: 'unavailable',
  detail:
    'A system that this service needs does not answer. Try again in a moment; a command with the same Idempotency-Key is safe to repeat.',
  headers: RETRY,
};

const FULL_DISK =
  'The disk of a database that this service needs is full. Somebody has to make room there; a command with the same Idempotency-Key is safe to repeat.';

const DEFECT: Fault = {
  status: 500,
  slug: 'internal-error',
  detail: 'Something is wrong on this side. The trace id finds it in the log.',
};

/** Fastify's errors, and Nest's for routes. Their messages are not passed on: some quote what was sent. */
function ofFramework(error: unknown, bodyLimit: number): Fault | undefined {
  const cause = error instanceof HttpException ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown }).code;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        status: 413,
        slug: 'body-too-large',
        detail: `The body is larger than the ${bodyLimit.toLocaleString('en')} bytes allowed here.`,
        extra: { maxBytes: bodyLimit },
      };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_CONTENT_TYPE':
      return {
        status: 415,
        slug: 'unsupported-media-type',
        detail:
          'Send the body with Content-Type: application/json, or as the API reference names for this endpoint.',
      };
    case 'FST_ERR_BAD_URL':
      return {
        status: 400,
        slug: 'bad-url',
        detail: 'The path is not well-formed: check its percent-encoding.',
      };
  }
  const status =
    error instanceof HttpException ? error.getStatus() : (cause as { statusCode?: unknown }).statusCode;
  if (status === 404 || status === 414)
    return {
      status: 404,
      slug: 'no-such-route',
      detail: 'There is nothing at this address, or not with this method.',
    };
  if (status === 503)
    return { ...OUTAGE, detail: 'A system that this service needs does not answer. Try again in a moment.' };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, slug: 'bad-request', detail: 'The request cannot be read.' };
  return undefined;
}

/** SQLSTATEs after which the same statement may work in a moment. */
const PASSING = /^(08...|57P0[1-3]|57014|53...|25P0[34]|25006|40001|40P01|55P03)$/;
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** While the service stops. */
const HAS_ENDED = /after calling end on the pool|driver not connected/i;

type Coded = Error & { readonly code?: unknown };

/** Whether a database, or whatever else is spoken to, was out of reach or too busy: not the caller's fault, and passing. */
const isNoAnswer = ({ code, message }: Coded): boolean =>
  (typeof code === 'string' && (PASSING.test(code) || CONNECTION_CODES.has(code))) ||
  SAYS_CONNECTION.test(message) ||
  HAS_ENDED.test(message);

const isFullDisk = ({ code }: Coded): boolean => code === '53100';

/** Whether the error, or one that it came of, is such. */
function some(error: unknown, is: (error: Coded) => boolean, depth = 0): boolean {
  if (!types.isNativeError(error) || depth > 4) return false;
  const { driverError, cause, errors } = error as Error & { driverError?: unknown; errors?: unknown };
  const causes = [driverError, cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return is(error) || causes.some((each) => some(each, is, depth + 1));
}
