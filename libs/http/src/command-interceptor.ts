import { pipeline, type Readable } from 'node:stream';
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { PoolClient } from 'pg';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { RefusedError } from '@cairn/decider';
import { WrongExpectedVersion } from '@cairn/event-store';
import { authenticatedOf, COMMAND, type Authenticated } from '@cairn/identity';
import { formatTraceparent, inSpan, loggerOf, traceOf, type Logger } from '@cairn/telemetry';
import { Answer, JsonText } from './answer.js';
import { setContext, type CommandOptions } from './command.js';
import { actorOf, CommandContext, commandIdOf, idempotencyKeyOf, occurredAtOf } from './command-context.js';
import { CommandKeys, LEASE_SECONDS, type StoredResponse } from './command-keys.js';
import { EDGE, type Edge } from './edge.js';
import { FaultError } from './fault-error.js';
import { understand } from './faults.js';
import { ifMatchOf } from './preconditions.js';
import { seal, unseal } from './sealed-answer.js';
import { HashingStream, hashOfStream, requestHash, type RequestParts } from './request-hash.js';

/**
 * Command identity at the edge. A success is kept and given again to whoever sends the same request again. A refusal is
 * not kept: it changed nothing, and what the state forbids now it may allow later. What failed midway stays reserved for
 * the same request, which then runs again under the same commandId; the streams know what it has done already.
 */
@Injectable()
export class CommandInterceptor implements NestInterceptor {
  private readonly log: Logger;

  constructor(
    @Inject(EDGE) private readonly edge: Edge,
    private readonly keys: CommandKeys,
    private readonly reflector: Reflector,
  ) {
    this.log = loggerOf(edge.service, 'commands');
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return next.handle();
    const options = this.reflector.get<CommandOptions | undefined>(COMMAND, execution.getHandler());
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const handle = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(
      options ? this.run(request, options, handle) : inSpan(nameOf(request), parentOf(request), {}, handle),
    );
  }

  private async run(
    request: FastifyRequest,
    options: CommandOptions,
    handle: () => Promise<unknown>,
  ): Promise<Answer> {
    const command = readCommand(request, this.edge.clock.now().toISOString());
    const { commandId, who, parts } = command;
    const hash = options.stream ? null : requestHash({ ...parts, body: request.body });
    const begun = await this.keys.begin(commandId, who.subject.tenantId, hash);
    if (begun.kind === 'other-request') throw otherRequest();
    if (begun.kind === 'running') throw inFlight();
    if (begun.kind === 'run') return this.carryOut(request, command, begun.owner, options, handle);
    const sameBody =
      !options.stream || (await hashOfStream(request.body as Readable, parts)) === begun.requestHash;
    if (!sameBody) throw otherRequest();
    return replayed(begun.response, command);
  }

  /** Runs the command under the lease of `owner`, and gives the lease back as the outcome wants it. */
  private async carryOut(
    request: FastifyRequest,
    command: ReadCommand,
    owner: string,
    options: CommandOptions,
    handle: () => Promise<unknown>,
  ): Promise<Answer> {
    const { commandId } = command;
    const body = options.stream && new HashingStream(command.parts, options.stream.maxBytes);
    // An error of the client's connection ends the copy too; whoever reads it hears of it there.
    if (body) request.body = pipeline(request.body as Readable, body, () => {});
    const kept = (answer: Answer) =>
      [commandId, owner, storedFrom(answer, options, command), body?.digest() ?? null] as const;
    const keepIn = async (client: PoolClient, answer: Answer) => {
      if (!(await this.keys.completeIn(client, ...kept(answer)))) throw inFlight();
    };

    const alive = setInterval(
      () => void this.keys.renew(commandId, owner).catch(() => {}),
      (LEASE_SECONDS * 1000) / 3,
    );
    try {
      const attributes = { 'cairn.command_id': commandId };
      return await inSpan(nameOf(request), parentOf(request), attributes, async (traceparent) => {
        const context = contextOf(command, traceparent, keepIn);
        setContext(request, context);
        const answer = answerOf(await handle());
        if (context.completed) return context.completed;
        const ended = answer.final
          ? this.keys.complete(...kept(answer))
          : this.keys.endLease(commandId, owner);
        // The effect is there already: a key that cannot be completed now costs a retry its stored answer, nothing else.
        await ended.catch((error: unknown) =>
          this.log.warn({ err: error, commandId }, 'an answer could not be kept'),
        );
        return answer;
      });
    } catch (error) {
      const given = isRefusal(error)
        ? this.keys.release(commandId, owner)
        : this.keys.endLease(commandId, owner);
      await given.catch(() => {}); // the lease ends by itself
      throw error;
    } finally {
      clearInterval(alive);
    }
  }
}

/** The span of a request: by its route, below whatever the caller traces. */
const nameOf = ({ method, routeOptions }: FastifyRequest) => `${method} ${routeOptions.url ?? 'unknown'}`;
const parentOf = ({ raw }: FastifyRequest) => formatTraceparent(traceOf(raw));

const UUIDS = /(?<=\/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/gi;

/** What a request says of its command, besides the body. */
interface ReadCommand {
  readonly commandId: string;
  readonly idempotencyKey: string;
  readonly who: Authenticated;
  readonly now: string;
  readonly occurredAt: string;
  readonly ifMatch: string | undefined;
  readonly parts: Omit<RequestParts, 'body'>;
}

/** @throws RefusedError where a header is missing, malformed or not allowed */
function readCommand(request: FastifyRequest, now: string): ReadCommand {
  const { headers, method, query, originalUrl } = request;
  const who = authenticatedOf(request);
  const idempotencyKey = idempotencyKeyOf(headers['idempotency-key']);
  const ifMatch = ifMatchOf(headers['if-match']);
  const header = (name: string) => headers[name] as string | undefined;
  // An id is the same one in capitals, and so is the command.
  const path = originalUrl.split('?', 1)[0]!.replace(UUIDS, (id) => id.toLowerCase());
  return {
    commandId: commandIdOf(who.subject.tenantId, who.subject.subject, method, path, idempotencyKey),
    idempotencyKey,
    who,
    now,
    occurredAt: occurredAtOf(headers['cairn-occurred-at'], who, now),
    ifMatch,
    parts: {
      query,
      ifMatch,
      occurredAt: header('cairn-occurred-at'),
      onBehalfOf: header('cairn-on-behalf-of'),
    },
  };
}

const contextOf = (
  { commandId, who, now, occurredAt, ifMatch }: ReadCommand,
  traceparent: string,
  keepIn: (client: PoolClient, answer: Answer) => Promise<void>,
) =>
  new CommandContext(
    commandId,
    who.subject,
    actorOf(who.subject, who.role),
    occurredAt,
    now,
    traceparent,
    ifMatch,
    keepIn,
  );

const answerOf = (result: unknown): Answer =>
  result instanceof Answer ? result : new Answer(result, result === undefined ? 204 : undefined);

/** The command was judged and changed nothing; being outrun by others is no judgement. */
function isRefusal(error: unknown): boolean {
  return !(error instanceof WrongExpectedVersion) && understand(error, 0).status < 500;
}

function storedFrom(
  { status, body, headers }: Answer,
  options: CommandOptions,
  { idempotencyKey, commandId }: ReadCommand,
): StoredResponse {
  return {
    status: status ?? options.status ?? 200,
    body: body === undefined ? null : seal(JSON.stringify(body), idempotencyKey, commandId),
    headers,
  };
}

const replayed = ({ status, body, headers }: StoredResponse, { idempotencyKey, commandId }: ReadCommand) =>
  new Answer(body === null ? undefined : new JsonText(unseal(body, idempotencyKey, commandId)), status, {
    ...headers,
    'idempotent-replay': 'true',
  });

const inFlight = () =>
  new FaultError({
    status: 409,
    slug: 'command-in-flight',
    detail:
      'This very command is being carried out. Send it again in a moment with the same key to have its answer.',
    headers: { 'retry-after': '1' },
  });

const otherRequest = () =>
  new RefusedError({
    kind: 'invalid',
    slug: 'idempotency-key-reused',
    detail:
      'This Idempotency-Key was used for another request to the same address. Take a new key for a new command.',
  });
