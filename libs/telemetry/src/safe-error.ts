import { types } from 'node:util';

/**
 * An error as it may be written to the log: its name, code, stack and causes, but no SQL, no parameters, no rows, and no
 * message that quotes its input.
 */
export function safeError(error: unknown, depth = 0): unknown {
  if (!types.isNativeError(error)) return typeof error === 'object' ? '[not an error]' : String(error);
  const fields = error as Error & {
    code?: unknown;
    severity?: unknown;
    constraint?: unknown;
    table?: unknown;
    driverError?: unknown;
  };
  return {
    type: error.name,
    message: safeMessage(error),
    ...(fields.code === undefined ? {} : { code: fields.code }),
    ...(typeof fields.constraint === 'string' ? { constraint: fields.constraint } : {}),
    ...(typeof fields.table === 'string' ? { table: fields.table } : {}),
    ...(isNoAnswer(error) ? {} : { stack: framesOf(error) }),
    ...(error.cause !== undefined && depth < 3 ? { cause: safeError(error.cause, depth + 1) } : {}),
    ...('errors' in error && Array.isArray(error.errors) && depth < 3
      ? { errors: error.errors.slice(0, 5).map((each) => safeError(each, depth + 1)) }
      : {}),
  };
}

/** The error's message, unless it may repeat what a person wrote. */
export function safeMessage(error: Error): string {
  return quotesItsInput(error) ? '(withheld: it may quote its input)' : error.message;
}

/**
 * PostgreSQL's data exceptions (class 22, 23514 and the like keep their values in `detail`, which is never written) and
 * V8's JSON errors repeat what they could not read.
 */
function quotesItsInput(error: Error): boolean {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const sqlState = code ?? driverError?.code;
  if (typeof sqlState === 'string' && /^22[0-9A-Z]{3}$/.test(sqlState)) return true;
  return error.name === 'SyntaxError';
}

const NO_ANSWER = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Nobody listens at the other end: where in this code that was noticed says nothing, once a second for an hour. */
function isNoAnswer(error: unknown, depth = 0): boolean {
  if (!types.isNativeError(error) || depth > 3) return false;
  return NO_ANSWER.has(String((error as { code?: unknown }).code)) || isNoAnswer(error.cause, depth + 1);
}

const framesOf = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 12);
