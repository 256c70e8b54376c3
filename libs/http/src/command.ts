import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { COMMAND } from '@cairn/identity';
import type { CommandContext } from './command-context.js';

export interface CommandOptions {
  /** The status of success: 200 unless given; 201 for what is made, 202 for what goes on in the background. */
  readonly status?: 200 | 201 | 202;
  /** The body is read as it arrives, through `@BodyStream()`, up to so many bytes. */
  readonly stream?: { readonly maxBytes: number };
}

/** A method that changes something: it asks for an Idempotency-Key and takes effect once, however often it is sent. */
export function Command(options: CommandOptions = {}): MethodDecorator {
  return applyDecorators(SetMetadata(COMMAND, options), HttpCode(options.status ?? 200));
}

const contexts = new WeakMap<object, CommandContext>();

export const setContext = (request: object, context: CommandContext): void =>
  void contexts.set(request, context);

/** The command's context as a parameter: who, when, its id. */
export const Ctx = createParamDecorator((_: unknown, context: ExecutionContext): CommandContext => {
  const found = contexts.get(context.switchToHttp().getRequest<object>());
  if (!found) throw new Error('@Ctx() belongs to a method with @Command()');
  return found;
});

/** The body of a command declared with `stream`, as it arrives. */
export const BodyStream = createParamDecorator(
  (_: unknown, context: ExecutionContext): Readable =>
    context.switchToHttp().getRequest<FastifyRequest>().body as Readable,
);
