import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { types } from 'node:util';
import { Injectable, type DynamicModule } from '@nestjs/common';
import { LoggerModule, NativeLogger } from 'nestjs-pino';
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import { safeError, safeMessage } from './safe-error.js';
import { traceOf } from './trace.js';

export type { Logger } from 'pino';

let root: Logger | undefined;

/**
 * The process's one logger: JSON lines on standard output, readable lines on a terminal. `LOG_LEVEL` sets the level
 * (default info). Errors go through `safeError`, so that no SQL parameter and no text of a person is written.
 */
export function rootLogger(): Logger {
  return (root ??= makeLogger(process.stdout.isTTY ? prettyStream() : undefined));
}

/** A logger over `destination`; `rootLogger` is the one to use, specs read what this one writes. */
export function makeLogger(
  destination?: DestinationStream,
  level = process.env['LOG_LEVEL'] || 'info',
): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: safeError, error: safeError },
    hooks: {
      // Left alone, pino takes the message of an error for the message of the line.
      logMethod(args: Parameters<LogFn>, write: LogFn) {
        const [first, message, ...rest] = args as unknown[];
        const error = types.isNativeError(first) ? first : (first as { err?: unknown } | null)?.err;
        if (!types.isNativeError(error)) return write.apply(this as unknown as Logger, args);
        const fields = types.isNativeError(first) ? { err: first } : (first as object);
        write.call(
          this as unknown as Logger,
          fields,
          (message as string | undefined) ?? safeMessage(error),
          ...rest,
        );
      },
    },
    redact: {
      paths: [
        'authorization',
        'token',
        'password',
        'headers',
        'body',
        '*.authorization',
        '*.token',
        '*.password',
        '*.headers',
        '*.body',
      ],
      censor: '[withheld]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The logger of one part of one service, for what happens outside a request. */
export function loggerOf(service: string, part?: string): Logger {
  return rootLogger().child(part ? { service, part } : { service });
}

const paths = new WeakMap<object, string>();

/**
 * Tells the request log which route a raw request took, for example `/sessions/v1/sessions/:sessionId`, and what its
 * parameters hold. Ids are written; whatever else stands in a path may name a person, and is left to the route.
 */
export function noteRoute(request: object, route: string, params: Readonly<Record<string, unknown>>): void {
  const path = route.replaceAll(/:(\w+)/g, (parameter, name: string) => {
    const value = params[name];
    return typeof value === 'string' && ID.test(value) ? value : parameter;
  });
  paths.set(request, path);
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Writes one line per request with its trace id; no headers, no body, no query, and of the path the route and its ids. */
export function requestLogging(logger: Logger = rootLogger()): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      logger,
      quietReqLogger: true,
      quietResLogger: true,
      customAttributeKeys: { reqId: 'traceId', responseTime: 'ms' },
      genReqId: (request) => traceOf(request).traceId,
      customLogLevel: (request, response) =>
        isHealth(request)
          ? 'debug'
          : response.statusCode >= 500
            ? 'error'
            : isRead(request)
              ? 'debug'
              : 'info',
      customSuccessMessage: requestLine,
      customErrorMessage: requestLine,
      customSuccessObject: requestFields,
      customErrorObject: requestFields,
    },
  });
}

/** Nest's own words in our log; what it says of each route while it starts is for debugging only. */
@Injectable()
export class NestLog extends NativeLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && CHATTER.has(context)) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    super.error(types.isNativeError(message) ? `${message.name}: ${safeMessage(message)}` : message, ...rest);
  }
}

const CHATTER = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
]);

const pathOf = (request: IncomingMessage): string => paths.get(request) ?? 'no such route';

const isHealth = (request: IncomingMessage): boolean => /^\/[^/]+\/(health|metrics)\b/.test(pathOf(request));

const isRead = (request: IncomingMessage): boolean => request.method === 'GET' || request.method === 'HEAD';

const requestLine = (request: IncomingMessage, response: ServerResponse): string =>
  `${request.method} ${pathOf(request)} ${response.statusCode}${response.writableEnded ? '' : ' (client went away)'}`;

function requestFields(request: IncomingMessage, response: ServerResponse, ...rest: object[]): object {
  const { ms } = rest.at(-1) as { ms?: number };
  return {
    service: serviceOf(request),
    method: request.method,
    path: pathOf(request),
    status: response.statusCode,
    ms,
  };
}

/** The first segment of the path, where it could be a service's name. */
function serviceOf(request: IncomingMessage): string {
  const { originalUrl, url = '' } = request as IncomingMessage & { originalUrl?: string };
  return /^\/([a-z]{1,20})(?=[/?]|$)/.exec(originalUrl ?? url)?.[1] ?? '';
}

function prettyStream(): DestinationStream | undefined {
  try {
    // Only there in a checkout; a deployed process has no terminal and no need of it.
    const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => DestinationStream;
    return pretty({ sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' });
  } catch {
    return undefined;
  }
}
