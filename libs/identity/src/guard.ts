import {
  Inject,
  Injectable,
  SetMetadata,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RefusedError } from '@cairn/decider';
import { actingFor } from './acting.js';
import { hasRole, type Role, type Subject } from './subject.js';
import { Unauthenticated } from './unauthenticated.js';
import type { Verifier } from './verifier.js';

export const VERIFIER = Symbol('Verifier');

const PUBLIC = 'cairn:public';
const ALLOWED = 'cairn:roles';
/** Set by `@Command()` of @cairn/http: on such a route integration may act for somebody. */
export const COMMAND = 'cairn:command';

/** Needs no token. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The roles that may call this; on a command, integration may too, in the name of one of them. */
export const Roles = (...roles: [Role, ...Role[]]) => SetMetadata(ALLOWED, roles);

/** What the guard found out about a request. */
export interface Authenticated {
  /** Who acts: the token's subject, or the person named by integration. */
  readonly subject: Subject;
  /** The first of the route's roles that the subject has. */
  readonly role: Role;
  /** The token carries role integration: it may say when something happened. */
  readonly integration: boolean;
}

const authenticated = new WeakMap<object, Authenticated>();

/** @throws Error on a public route, where nobody was asked */
export function authenticatedOf(request: object): Authenticated {
  const found = authenticated.get(request);
  if (!found) throw new Error('the route is public: there is no subject');
  return found;
}

/** The subject of the request, as a parameter of a controller's method. */
export const CurrentSubject = createParamDecorator((_: unknown, context: ExecutionContext): Subject => {
  return authenticatedOf(context.switchToHttp().getRequest<object>()).subject;
});

interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Asks for a token and a role on every route; a route that names neither `@Roles` nor `@Public` is closed to all. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(VERIFIER) private readonly verifier: Verifier,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;

    const request = context.switchToHttp().getRequest<HttpRequest>();
    const token = await this.verifier.verify(bearerToken(request));
    const allowed = this.reflector.getAllAndOverride<Role[] | undefined>(ALLOWED, targets) ?? [];
    const isCommand = this.reflector.get<unknown>(COMMAND, context.getHandler()) !== undefined;
    const onBehalfOf = request.headers['cairn-on-behalf-of'];
    if (onBehalfOf !== undefined && !isCommand) throw notOnReads();
    const subject = onBehalfOf === undefined ? token : actingFor(token, String(onBehalfOf));

    const role = allowed.find((each) => subject.roles.includes(each));
    if (!role) throw wrongRole(allowed, subject, isCommand);
    authenticated.set(request, { subject, role, integration: hasRole(token, 'integration') });
    return true;
  }
}

function bearerToken(request: HttpRequest): string {
  const header = request.headers['authorization'];
  if (typeof header !== 'string' || header === '') {
    throw new Unauthenticated('Send a token in the header Authorization: Bearer <token>.');
  }
  const match = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header);
  if (!match?.[1])
    throw new Unauthenticated('The header Authorization must read: Bearer <token>.', 'invalid_request');
  return match[1];
}

function wrongRole(allowed: readonly Role[], subject: Subject, isCommand: boolean): RefusedError {
  const needed =
    allowed.length > 0 ? `This needs one of the roles ${allowed.join(', ')}.` : 'This is open to no role.';
  const fix =
    isCommand && allowed.length > 0 && hasRole(subject, 'integration')
      ? ` Role integration names whom it acts for in the header Cairn-On-Behalf-Of, for example ${allowed[0]}:<id>.`
      : '';
  return new RefusedError({ kind: 'forbidden', slug: 'wrong-role', detail: needed + fix });
}

const notOnReads = () =>
  new RefusedError({
    kind: 'forbidden',
    slug: 'acting-not-allowed',
    detail: 'Cairn-On-Behalf-Of belongs to commands; nobody reads in the name of somebody else.',
  });

/** Who may call a route, for its documentation. */
export function routeAccess(
  controller: Function,
  handler: Function,
): { public: boolean; roles: readonly Role[] } {
  const read = (key: string): unknown =>
    Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
  return { public: read(PUBLIC) === true, roles: (read(ALLOWED) as Role[] | undefined) ?? [] };
}
