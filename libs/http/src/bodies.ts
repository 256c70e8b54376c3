import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Observable } from 'rxjs';
import { RefusedError } from '@cairn/decider';
import { COMMAND } from '@cairn/identity';
import type { CommandOptions } from './command.js';
import { FaultError } from './fault-error.js';
import { pointerTo } from './pointer.js';

/**
 * Refuses a body that is no JSON, and one with something in it where a route takes none: nobody is told that all is well
 * while their words are dropped. Where a file is taken, nothing else is, JSON included, and a file nowhere else: 415.
 */
@Injectable()
export class Bodies implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    const isFile = body instanceof Readable;
    if (takesFile(context) !== isFile) throw isFile ? takesNoFile() : takesOnlyFile(context);
    if (isFile || body === undefined || body === null) return next.handle();
    if (body instanceof RefusedError) throw body;
    if (takesBody(context)) return next.handle();
    const names = typeof body === 'object' ? Object.keys(body) : [''];
    if (names.length > 0) throw takesNoBody(names);
    return next.handle();
  }
}

const takesFile = (context: ExecutionContext): boolean =>
  (Reflect.getMetadata(COMMAND, context.getHandler()) as CommandOptions | undefined)?.stream !== undefined;

function takesBody(context: ExecutionContext): boolean {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as
    Record<string, unknown> | undefined;
  return Object.keys(args ?? {}).some((key) => Number(key.split(':')[0]) === Number(RouteParamtypes.BODY));
}

function takesOnlyFile(context: ExecutionContext): FaultError {
  const types = Reflect.getMetadata('swagger/apiConsumes', context.getHandler()) as string[] | undefined;
  return new FaultError({
    status: 415,
    slug: 'unsupported-media-type',
    detail: `This takes a file. Send it as the body, with Content-Type: ${(types ?? ['text/csv']).join(' or ')}.`,
  });
}

const takesNoFile = () =>
  new FaultError({
    status: 415,
    slug: 'unsupported-media-type',
    detail: 'Send the body as JSON, with Content-Type: application/json.',
  });

const takesNoBody = (names: readonly string[]) =>
  new RefusedError({
    kind: 'malformed',
    slug: 'unknown-field',
    detail: 'This takes no body; send none, or an empty object.',
    errors: names.slice(0, 20).map((name) => ({
      pointer: name === '' ? '' : pointerTo([name]),
      detail: 'unknown; there are none',
    })),
  });
