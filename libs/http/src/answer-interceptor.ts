import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import { Answer } from './answer.js';
import { Exportable } from './exportable.js';
import { isUnchanged } from './preconditions.js';

/** Gives lists the form that was asked for, and 304 to whoever has the current version already. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(concatMap((result) => shaped(result, request)));
  }
}

async function shaped(result: unknown, request: FastifyRequest): Promise<unknown> {
  const answer = result instanceof Exportable ? await result.for(request) : result;
  if (!(answer instanceof Answer) || (request.method !== 'GET' && request.method !== 'HEAD')) return answer;
  const { etag, vary } = answer.headers;
  if (!isUnchanged(request.headers['if-none-match'], etag)) return answer;
  return new Answer(undefined, 304, { ...(etag ? { etag } : {}), ...(vary ? { vary } : {}) });
}
