import { Answer, FaultError, type ErrorForm, type Protocol } from '@cairn/http';
import { authenticatedOf, hasRole, Roles } from '@cairn/identity';
import {
  applyDecorators,
  Controller,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExtension, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { CORE_GROUP, CORE_USER } from '../attributes.js';
import { memberOf } from '../filter.js';
import { isObject, type Resource } from '../patch.js';
import { scimError } from '../scim.errors.js';

const MEDIA_TYPE = 'application/scim+json';
/** Of the names of attributes that a query asks for, or not. */
const MOST_CHARACTERS = 2_000;
export const SCIM_PATH = '/enrollment/scim/v2';

/** Every error as RFC 7644 3.12 wants it, with the type that every other error of Cairn has. */
export const SCIM_ERRORS: ErrorForm = {
  under: 'scim/v2',
  mediaType: MEDIA_TYPE,
  bodyOf({ status, slug, detail, extra, errors }, traceId) {
    const where = errors?.map((each) => `${each.pointer} ${each.detail}`).join('; ');
    return {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      ...(extra?.['scimType'] ? { scimType: extra['scimType'] } : {}),
      detail: where ? `${detail} ${where}` : detail,
      type: `urn:cairn:problem:${slug}`,
      traceId,
    };
  },
};

const PROTOCOL: Protocol = {
  mediaType: MEDIA_TYPE,
  error: {
    type: 'object',
    required: ['schemas', 'status', 'detail'],
    properties: {
      schemas: { type: 'array', items: { type: 'string' } },
      status: { type: 'string' },
      scimType: { type: 'string' },
      detail: { type: 'string', description: 'Names the fix.' },
      type: { type: 'string', description: 'Stable: the member to look at in a program.' },
      traceId: { type: 'string', description: 'Finds the request in the log.' },
    },
  },
};

/** SCIM is for a machine that knows everybody: 403 for somebody with limits. */
class MachineOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { subject } = authenticatedOf(context.switchToHttp().getRequest<object>());
    if (!hasRole(subject, 'hr') && subject.orgUnits === undefined) return true;
    throw new FaultError({
      status: 403,
      slug: 'scim-not-for-hr',
      detail:
        'SCIM shows everybody, and HR’s limits hold whatever other role a token has: take a token of role integration without role hr and without org units.',
    });
  }
}

/** A controller of SCIM's, with its form of answers and errors, and for whom it is. */
export const ScimController = (path = ''): ClassDecorator =>
  applyDecorators(
    ApiTags('scim'),
    ApiExtension('x-protocol', PROTOCOL),
    Roles('integration'),
    UseGuards(MachineOnly),
    Controller(`scim/v2${path && `/${path}`}`),
  );

/** The query for one resource. */
export class ScimPartsQuery {
  @ApiPropertyOptional({ description: 'names of attributes, separated by commas: these alone' })
  @IsOptional()
  @MaxLength(MOST_CHARACTERS)
  attributes?: string;

  @ApiPropertyOptional({ description: 'names of attributes, separated by commas: all but these' })
  @IsOptional()
  @MaxLength(MOST_CHARACTERS)
  excludedAttributes?: string;
}

/** The query for a list. */
export class ScimQuery extends ScimPartsQuery {
  @ApiPropertyOptional({ example: 'userName eq "ada@example.org"' })
  @IsOptional()
  @IsString()
  filter?: string;

  @ApiPropertyOptional({ description: 'the first of the page, from 1 on' })
  @IsOptional()
  @IsString()
  startIndex?: string;

  @ApiPropertyOptional({ description: 'how many at most, up to 500; 100 unless given' })
  @IsOptional()
  @IsString()
  count?: string;

  @ApiPropertyOptional({ example: 'name.familyName', description: 'an attribute that a filter can ask for' })
  @IsOptional()
  @IsString()
  sortBy?: string;

  @ApiPropertyOptional({ enum: ['ascending', 'descending'], default: 'ascending' })
  @IsOptional()
  @IsString()
  sortOrder?: string;
}

export const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** The query that the body of a search is (RFC 7644 3.4.3). @throws FaultError invalidSyntax */
export function searchIn(body: unknown): ScimQuery {
  if (!isObject(body)) throw scimError('invalidSyntax', 'The body is an object.');
  const given = (name: keyof ScimQuery, kind: string, holds: (value: unknown) => boolean): unknown => {
    const value = body[memberOf(body, name) ?? name];
    if (value === undefined || value === null) return undefined;
    if (!holds(value)) throw scimError('invalidSyntax', `${name} is ${kind}.`);
    return String(value);
  };
  const text = (name: keyof ScimQuery) => given(name, 'a text', (value) => typeof value === 'string');
  const number = (name: keyof ScimQuery) => given(name, 'a number', (value) => typeof value === 'number');
  const names = (name: keyof ScimQuery) =>
    given(
      name,
      'a list of names, of 2,000 characters in all',
      (value) =>
        Array.isArray(value) &&
        value.every((each) => typeof each === 'string') &&
        value.join().length <= MOST_CHARACTERS,
    );
  return {
    filter: text('filter'),
    sortBy: text('sortBy'),
    sortOrder: text('sortOrder'),
    startIndex: number('startIndex'),
    count: number('count'),
    attributes: names('attributes'),
    excludedAttributes: names('excludedAttributes'),
  } as ScimQuery;
}

export const MOST_RESULTS = 500;

/** What is too small is the least there is (RFC 7644 3.4.2.4). @throws FaultError invalidValue */
export function pageOf({ startIndex, count }: ScimQuery): { readonly first: number; readonly count: number } {
  const whole = (name: string, value: string, least: number) => {
    if (!/^-?\d+$/.test(value)) throw scimError('invalidValue', `${name} is a whole number.`);
    return Math.max(least, Number(value));
  };
  return {
    first: Math.min(whole('startIndex', startIndex ?? '1', 1), Number.MAX_SAFE_INTEGER),
    count: Math.min(whole('count', count ?? '100', 0), MOST_RESULTS),
  };
}

export interface ScimResource {
  readonly schemas: readonly string[];
  readonly id: string;
  readonly meta: { readonly resourceType: string; readonly location: string; readonly version: string };
  /** The attributes of the schemas. */
  readonly [attribute: string]: unknown;
}

export interface ScimList {
  readonly schemas: readonly string[];
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: readonly ScimResource[];
}

/** A resource with its `meta`, and of its attributes those that were asked for. */
export function shownAs(
  type: 'User' | 'Group',
  resource: Resource,
  version: string,
  publicUrl: string | null,
  parts: ScimPartsQuery = {},
): ScimResource {
  const location = `${publicUrl ?? ''}${SCIM_PATH}/${type}s/${String(resource['id'])}`;
  const meta = { resourceType: type, location, version: `W/"${version}"` };
  return only(
    { ...resource, meta },
    type === 'User' ? CORE_USER : CORE_GROUP,
    parts,
  ) as unknown as ScimResource;
}

export const answered = (shown: ScimResource, version: string, status?: number): Answer<ScimResource> =>
  new Answer(shown, status, {
    'content-type': MEDIA_TYPE,
    etag: `W/"${version}"`,
    ...(status === 201 ? { location: shown.meta.location } : {}),
  });

export const scimAnswer = <Body>(body: Body): Answer<Body> =>
  new Answer(body, undefined, { 'content-type': MEDIA_TYPE });

export const listed = (total: number, first: number, resources: readonly ScimResource[]): Answer<ScimList> =>
  scimAnswer({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex: first,
    itemsPerPage: resources.length,
    Resources: resources,
  });

/** The version that `If-Match` names: a weak tag means no other than a strong one here. Undefined without the header. */
export function seenIn(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return header?.trim();
  const version = /^(?:W\/)?"([^"]*)"$/.exec(header.trim())?.[1];
  if (version !== undefined) return version;
  throw new FaultError({
    status: 400,
    slug: 'bad-if-match',
    detail: 'If-Match takes one ETag, exactly as it was given, for example W/"3".',
  });
}

/** RFC 7644 3.9; `schemas`, `id` and `meta` stay whatever was asked for. */
function only(
  resource: Resource,
  core: string,
  { attributes, excludedAttributes }: ScimPartsQuery,
): Resource {
  if (attributes) return picked(resource, pathsIn(attributes, resource, core));
  if (excludedAttributes) return left(resource, pathsIn(excludedAttributes, resource, core));
  return resource;
}

const ALWAYS = ['schemas', 'id', 'meta'];

/** Names of attributes as paths of members: "name.givenName", "urn:…:User:manager". */
function pathsIn(names: string, resource: Resource, core: string): string[][] {
  const prefixes = [core, ...(resource['schemas'] as string[])];
  return names.split(',').map((given) => {
    const name = given.trim();
    const schema = prefixes.find((each) => name.toLowerCase().startsWith(each.toLowerCase()));
    const rest = schema === undefined ? name : name.slice(schema.length + 1);
    const path = rest === '' ? [] : rest.split('.');
    return schema === undefined || schema === core ? path : [schema, ...path];
  });
}

function picked(resource: Resource, paths: readonly string[][]): Resource {
  const result: Resource = Object.fromEntries(
    ALWAYS.flatMap((name) => (name in resource ? [[name, resource[name]]] : [])),
  );
  for (const [name = '', ...rest] of paths) {
    const found = memberOf(resource, name);
    if (found === undefined) continue;
    const value = resource[found];
    if (rest.length === 0) result[found] = value;
    else result[found] = within(value, (each) => ({ ...(result[found] as object), ...picked(each, [rest]) }));
  }
  return result;
}

function left(resource: Resource, paths: readonly string[][]): Resource {
  const result = { ...resource };
  for (const [name = '', ...rest] of paths) {
    const found = memberOf(result, name);
    if (found === undefined || ALWAYS.includes(found)) continue;
    if (rest.length === 0) delete result[found];
    else result[found] = within(result[found], (each) => left(each, [rest]));
  }
  return result;
}

const within = (value: unknown, of: (each: Resource) => Resource): unknown =>
  Array.isArray(value)
    ? value.map((each) => (isObject(each) ? of(each) : each))
    : isObject(value)
      ? of(value)
      : value;
