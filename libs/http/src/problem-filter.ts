import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { loggerOf, traceOf, type Logger } from '@cairn/telemetry';
import { understand } from './faults.js';
import { problemOf } from './problem.js';
import { EDGE, type Edge } from './edge.js';

/** Answers every error as a problem document; what nobody expected goes to the log with the trace id, and only there. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log: Logger;

  constructor(@Inject(EDGE) private readonly edge: Edge) {
    this.log = loggerOf(edge.service, 'http');
  }

  catch(error: unknown, host: ArgumentsHost): void {
    // Consumers have a filter of their own; an error of theirs is not answered to anybody.
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { traceId } = traceOf(request.raw);
    const { unexpected, ...fault } = understand(error, this.edge.bodyLimit);
    if (unexpected) this.log.error({ err: error, traceId }, 'a request failed');
    else if (fault.status >= 500)
      this.log.warn({ err: error, traceId }, 'a request could not be answered now');
    if (reply.sent) return;
    void reply
      .status(fault.status)
      .headers({ ...fault.headers, 'cache-control': 'no-store' })
      .type('application/problem+json')
      .send(JSON.stringify(problemOf(fault, traceId)));
  }
}
