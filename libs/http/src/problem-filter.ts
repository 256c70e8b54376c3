import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { loggerOf, traceOf, type Logger } from '@cairn/telemetry';
import type { Edge } from './edge.js';
import { understand } from './faults.js';
import { problemOf, type Fault } from './problem.js';

/** Answers every error as a problem document; what nobody expected goes to the log with the trace id, and only there. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** A protocol with a form of its own for errors says another one, and `bodyOf`. */
  protected readonly mediaType: string = 'application/problem+json';
  private readonly log: Logger;

  constructor(private readonly edge: Pick<Edge, 'service' | 'bodyLimit'>) {
    this.log = loggerOf(edge.service, 'http');
  }

  catch(error: unknown, host: ArgumentsHost): void {
    // Consumers have a filter of their own; an error of theirs is not answered to anybody.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for what fails before there is a route, where Nest's filters are not asked. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { traceId } = traceOf(request.raw);
    const { unexpected, ...fault } = understand(error, this.edge.bodyLimit);
    if (unexpected) this.log.error({ err: error, traceId }, 'a request failed');
    else if (fault.status >= 500)
      this.log.warn({ err: error, traceId }, 'a request could not be answered now');
    if (reply.sent) return;
    // The rest of a body that nobody reads any more would stand before the next request of this connection.
    if (!request.raw.complete) void reply.header('connection', 'close');
    void reply
      .status(fault.status)
      .headers({ ...fault.headers, 'cache-control': 'no-store', 'trace-id': traceId })
      .type(this.mediaType)
      .send(JSON.stringify(this.bodyOf(fault, traceId)));
  }

  protected bodyOf(fault: Fault, traceId: string): object {
    return problemOf(fault, traceId);
  }
}
