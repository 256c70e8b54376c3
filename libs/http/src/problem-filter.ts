import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { loggerOf, traceOf, type Logger } from '@cairn/telemetry';
import type { Edge, ErrorForm } from './edge.js';
import { understand } from './faults.js';
import { problemOf } from './problem.js';

const PROBLEMS: Omit<ErrorForm, 'under'> = { mediaType: 'application/problem+json', bodyOf: problemOf };

/** Answers every error as a problem document; what nobody expected goes to the log with the trace id, and only there. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log: Logger;

  constructor(private readonly edge: Pick<Edge, 'service' | 'bodyLimit' | 'errorForms'>) {
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
    const form = this.formOf(request.url);
    void reply
      .status(fault.status)
      .headers({ ...fault.headers, 'cache-control': 'no-store', 'trace-id': traceId })
      .type(form.mediaType)
      .send(JSON.stringify(form.bodyOf(fault, traceId)));
  }

  private formOf(url: string): Omit<ErrorForm, 'under'> {
    const { service, errorForms = [] } = this.edge;
    const path = url.replace(/\?.*$/s, '');
    return errorForms.find(({ under }) => `${path}/`.startsWith(`/${service}/${under}/`)) ?? PROBLEMS;
  }
}
