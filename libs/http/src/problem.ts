import type { Refusal, RefusalKind } from '@cairn/decider';

/** RFC 9457: https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  /** `urn:cairn:problem:<slug>`, stable: the one member that a program should look at. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Names the fix. Never a stack, SQL or private text. */
  readonly detail: string;
  /** JSON pointers into the body, or into the query as if it were one. */
  readonly errors?: readonly { pointer: string; detail: string }[];
  /** Finds the request in the log; not where the problem is one of several in an answer. */
  readonly traceId?: string;
  /** Members of single types, such as `state` or `currentVersion`. */
  readonly [extension: string]: unknown;
}

/** What is known of a problem before the request that met it: the trace id and the media type are added in one place. */
export interface Fault {
  readonly status: number;
  readonly slug: string;
  readonly detail: string;
  readonly errors?: Refusal['errors'];
  readonly extra?: Refusal['extra'];
  readonly headers?: Readonly<Record<string, string>>;
}

const STATUS: Record<RefusalKind, number> = {
  malformed: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'not-yet-known': 409,
  stale: 412,
  invalid: 422,
  'precondition-required': 428,
};

/** The one place where a refusal becomes a status. */
export function faultOf(refusal: Refusal): Fault {
  const { kind, slug, detail, errors, extra } = refusal;
  return {
    status: STATUS[kind],
    slug,
    detail,
    ...(errors ? { errors } : {}),
    ...(extra ? { extra } : {}),
    ...(kind === 'not-yet-known' ? { headers: { 'retry-after': '1' } } : {}),
  };
}

/** The body of an error response. */
export function problemOf(fault: Fault, traceId?: string): Problem {
  return {
    ...fault.extra,
    type: `urn:cairn:problem:${fault.slug}`,
    title: titleOf(fault.slug),
    status: fault.status,
    detail: fault.detail,
    ...(fault.errors && fault.errors.length > 0 ? { errors: fault.errors } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** `not-yet-known` → `Not yet known`: a title belongs to the type, not to the occurrence. */
function titleOf(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The refusal of an id that is not there, is another tenant's, or is not one's own: no one can tell which. */
export function notFound(what: string): Refusal {
  return { kind: 'not-found', slug: 'not-found', detail: `There is no such ${what}.` };
}
