import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';

/**
 * Nest turns what an event handler throws into a plain object that says "internal server error". The transport has to
 * know the error itself, to tell a transient fault from a permanent one.
 */
@Catch()
class KeepTheError implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Marks the method of a controller that handles the batches of `group`: `(batch: ConsumedBatch) => Promise<void>`. */
export const EventBatch = (group: string): MethodDecorator =>
  applyDecorators(EventPattern(group) as MethodDecorator, UseFilters(new KeepTheError()));
