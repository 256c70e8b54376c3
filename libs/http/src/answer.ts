import { createHash } from 'node:crypto';

/** What a controller answers beyond a body: a status and headers. */
export class Answer<Body = unknown> {
  constructor(
    readonly body: Body,
    /** Without one: the status that the route declares. */
    readonly status: number | undefined = undefined,
    readonly headers: Readonly<Record<string, string>> = {},
    /** False where a command's answer is not its last: the same request, sent again, goes on instead of hearing it again. */
    readonly final: boolean = true,
  ) {}
}

/** 201 with the address of what was made, and its version as ETag where it has one. */
export function created<Body>(location: string, body: Body, version?: number | string): Answer<Body> {
  return new Answer(body, 201, { location, ...etagHeader(version) });
}

/** A body with its version as strong ETag: what `If-Match` and `If-None-Match` are compared with. */
export function versioned<Body>(body: Body, version: number | string): Answer<Body> {
  return new Answer(body, undefined, etagHeader(version));
}

/** 202: accepted, and goes on in the background; the location says how far it is. */
export function accepted<Body>(location: string, body: Body): Answer<Body> {
  return new Answer(body, 202, { location });
}

/** 207: part of what was asked is done, the body says which; the same request, sent again, does the rest. */
export function unfinished<Body>(body: Body): Answer<Body> {
  return new Answer(body, 207, {}, false);
}

/** Of an answer that has no version of its own, or whose version its reader may not know: the same for the same answer. */
export const digestOf = (body: unknown): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22);

export const etagOf = (version: number | string): string => `"${version}"`;

const etagHeader = (version: number | string | undefined): Record<string, string> =>
  version === undefined ? {} : { etag: etagOf(version) };

/** JSON that was serialised before: sent as it is, byte for byte. */
export class JsonText {
  constructor(readonly text: string) {}
}
