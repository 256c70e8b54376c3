import {
  Injectable,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { RefusedError } from '@cairn/decider';
import { pointerTo } from './pointer.js';
import { membersOf } from './validation.js';

const UNHEEDED = Symbol('unheeded');

/** A controller whose routes take the parameters of a query and heed none of them, as its protocol has it. */
export const HeedsNot = (dto: Function): ClassDecorator => SetMetadata(UNHEEDED, membersOf(dto));

/**
 * Refuses query parameters that a route does not know, also where it takes none: a misspelt filter must not widen an
 * answer. Refuses those given twice too: which of the two is meant, nobody knows.
 */
@Injectable()
export class QueryNames implements NestInterceptor {
  private readonly known = new WeakMap<Function, ReadonlySet<string>>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = Object.keys(query as object);
    if (given.length > 0) {
      const allowed = this.allowedFor(context);
      const unknown = given.filter((name) => !allowed.has(name));
      if (unknown.length > 0) throw unknownParameters(unknown, allowed);
      const twice = given.filter((name) => Array.isArray((query as Record<string, unknown>)[name]));
      if (twice.length > 0) throw givenTwice(twice);
    }
    return next.handle();
  }

  private allowedFor(context: ExecutionContext): ReadonlySet<string> {
    const handler = context.getHandler();
    let names = this.known.get(handler);
    if (!names) {
      names = queryNames(context.getClass(), handler.name);
      this.known.set(handler, names);
    }
    return names;
  }
}

/** What a controller does not heed, and what the parameters of its method take: `@Query('name')`, or the members of `@Query() dto`. */
function queryNames(controller: Function, method: string): ReadonlySet<string> {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ??
    []) as Function[];
  const names = new Set((Reflect.getMetadata(UNHEEDED, controller) ?? []) as string[]);
  for (const [key, { index, data }] of Object.entries(args)) {
    if (Number(key.split(':')[0]) !== Number(RouteParamtypes.QUERY)) continue;
    if (typeof data === 'string') names.add(data);
    else if (types[index]) for (const name of membersOf(types[index])) names.add(name);
  }
  return names;
}

function unknownParameters(unknown: string[], allowed: ReadonlySet<string>): RefusedError {
  const takes = allowed.size > 0 ? `takes ${[...allowed].join(', ')}` : 'takes no query parameters';
  return new RefusedError({
    kind: 'malformed',
    slug: 'unknown-parameter',
    detail: `The query has parameters that are not known here; this ${takes}.`,
    errors: unknown.slice(0, 20).map((name) => ({ pointer: pointerTo([name]), detail: 'unknown' })),
  });
}

const givenTwice = (names: string[]) =>
  new RefusedError({
    kind: 'malformed',
    slug: 'bad-query',
    detail: 'The query gives parameters more than once; see errors.',
    errors: names
      .slice(0, 20)
      .map((name) => ({ pointer: pointerTo([name]), detail: 'was given twice: it takes one at a time' })),
  });
