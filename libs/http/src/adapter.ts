import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Answer, JsonText } from './answer.js';

/** Sends an `Answer` with its status and headers, which Nest has no way to return from a method. */
export class EdgeAdapter extends FastifyAdapter {
  override reply(
    response: Parameters<FastifyAdapter['reply']>[0],
    body: unknown,
    statusCode?: number,
  ): FastifyReply {
    if (!(body instanceof Answer)) return super.reply(response, body, statusCode);
    const reply = response as FastifyReply;
    reply.headers(body.headers);
    // What has a version may be kept by its reader, who asks whether it has changed.
    if (body.headers['etag']) reply.header('cache-control', 'private, no-cache');
    const status = body.status ?? statusCode;
    if (body.body instanceof JsonText) {
      reply.header('content-type', 'application/json; charset=utf-8');
      return super.reply(reply, body.body.text, status);
    }
    return super.reply(reply, body.body, status);
  }
}
