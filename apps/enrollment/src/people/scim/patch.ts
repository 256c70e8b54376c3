import { SCHEMAS } from './attributes.js';
import { holdsFor, memberOf, parseTarget, type Filter, type Target } from './filter.js';
import { scimError } from './scim.errors.js';

export type Resource = Record<string, unknown>;

/** One operation of a PATCH (RFC 7644 3.5.2). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string | null;
  readonly value: unknown;
}

/** What a resource has, by the names that a path may have, in lower case. */
export interface Shape {
  /** Of the core schema, whose name a path may leave out, and of the extensions. */
  readonly core: string;
  readonly extensions: readonly string[];
  readonly attributes: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
  readonly readOnly: ReadonlySet<string>;
}

export function shapeOf(core: string, ...extensions: string[]): Shape {
  const of = (schema: string) => SCHEMAS.find(({ id }) => id === schema)!.attributes;
  const lower = (names: readonly string[]) => new Set(names.map((name) => name.toLowerCase()));
  const own = of(core);
  return {
    core,
    extensions,
    attributes: lower([
      ...own.map(({ name }) => name),
      ...ALWAYS,
      ...extensions.flatMap((schema) => of(schema).map(({ name }) => `${schema}:${name}`)),
    ]),
    lists: lower(own.filter(({ multiValued }) => multiValued).map(({ name }) => name)),
    readOnly: lower([
      ...own.filter(({ mutability }) => mutability === 'readOnly').map(({ name }) => name),
      ...ALWAYS,
    ]),
  };
}

/** What every resource has, by RFC 7643 3.1, and no client gives. */
const ALWAYS = ['id', 'meta', 'schemas'];

const MOST_OPERATIONS = 1_000;

/** The operations of a PATCH's body. @throws FaultError invalidSyntax */
export function operationsIn(body: unknown): PatchOperation[] {
  const operations = isObject(body) ? read(body, 'operations') : undefined;
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MOST_OPERATIONS)
    throw scimError('invalidSyntax', `A PATCH has a list "Operations" of 1 to ${MOST_OPERATIONS}.`);
  return operations.map((each: unknown): PatchOperation => {
    const op = isObject(each) ? String(read(each, 'op')).toLowerCase() : '';
    const path = isObject(each) ? read(each, 'path') : undefined;
    // Some clients write "Add" and "Replace".
    if (op !== 'add' && op !== 'remove' && op !== 'replace')
      throw scimError('invalidSyntax', 'The "op" of an operation is add, remove or replace.');
    if (path !== undefined && path !== null && typeof path !== 'string')
      throw scimError('invalidPath', 'The "path" of an operation is a text.');
    return { op, path: path ?? null, value: read(each as object, 'value') };
  });
}

/** The resource once the operations are applied, one after the other. What no shape has is ignored, as everywhere. */
export function patched(resource: Resource, operations: readonly PatchOperation[], shape: Shape): Resource {
  const after = structuredClone(resource);
  for (const operation of operations) apply(after, operation, shape);
  return after;
}

function apply(resource: Resource, { op, path, value }: PatchOperation, shape: Shape): void {
  if (path !== null) return at(resource, path, op, value, shape, true);
  if (op === 'remove') throw scimError('noTarget', 'An operation "remove" needs a "path".');
  if (!isObject(value)) throw scimError('invalidValue', 'Without a "path" the "value" is an object.');
  // Names may be whole paths: some clients send "name.givenName", and attributes with their schema before them.
  for (const [name, each] of Object.entries(value)) at(resource, name, op, each, shape, false);
}

function at(
  resource: Resource,
  path: string,
  op: PatchOperation['op'],
  value: unknown,
  shape: Shape,
  asked: boolean,
): void {
  const extension = shape.extensions.find((schema) => schema.toLowerCase() === path.toLowerCase());
  if (extension !== undefined) {
    if (op === 'remove') delete resource[nameIn(resource, extension)];
    else if (!isObject(value)) throw scimError('invalidValue', `The value of ${extension} is an object.`);
    else
      for (const [name, each] of Object.entries(value))
        at(resource, `${extension}:${name}`, op, each, shape, asked);
    return;
  }
  const target = parseTarget(path);
  if (!shape.attributes.has(keyOf(target, shape))) return;
  if (shape.readOnly.has(target.attribute)) {
    if (asked) throw scimError('mutability', `${path} is read only.`);
    return;
  }
  const holder = holderOf(resource, target, shape);
  const name = nameIn(holder, target.attribute);
  const isList = shape.lists.has(target.attribute);
  if (isList && (target.where !== null || target.sub !== null))
    return inList(holder, name, target, op, value);
  if (target.where !== null) throw scimError('invalidPath', `${path} is no list.`);
  if (target.sub !== null) return part(holder, name, target.sub, op, value);
  if (op === 'remove') {
    if (isList && Array.isArray(value)) holder[name] = without(holder[name], value);
    else delete holder[name];
  } else if (op === 'add' && isList) holder[name] = union(listOf(holder[name]), listOf(value));
  // Of a complex attribute only what the value has is new (RFC 7644 3.5.2.1 and 3.5.2.3).
  else if (isObject(holder[name]) && isObject(value))
    for (const [sub, each] of Object.entries(value)) part(holder, name, sub, op, each);
  else holder[name] = value;
}

/** `schema:attribute` where the schema is an extension's. */
const keyOf = ({ schema, attribute }: Target, { core }: Shape): string =>
  schema === '' || schema === core.toLowerCase() ? attribute : `${schema}:${attribute}`;

function holderOf(resource: Resource, { schema }: Target, { extensions }: Shape): Resource {
  const extension = extensions.find((each) => each.toLowerCase() === schema);
  if (extension === undefined) return resource;
  const name = nameIn(resource, extension);
  if (!isObject(resource[name])) resource[name] = {};
  return resource[name] as Resource;
}

function part(holder: Resource, name: string, sub: string, op: PatchOperation['op'], value: unknown): void {
  const object: Resource = isObject(holder[name]) ? holder[name] : {};
  holder[name] = object;
  if (op === 'remove') delete object[nameIn(object, sub)];
  else object[nameIn(object, sub)] = value;
}

function inList(
  holder: Resource,
  name: string,
  { where, sub }: Target,
  op: PatchOperation['op'],
  value: unknown,
): void {
  const list = listOf(holder[name]);
  const meant = list.filter((each) => where === null || holdsFor(where, each));
  if (meant.length === 0 && op !== 'add') {
    if (op === 'remove') return;
    throw scimError('noTarget', 'The filter of the path finds nothing to replace.');
  }
  if (op === 'remove' && sub === null) {
    holder[name] = list.filter((each) => !meant.includes(each));
    return;
  }
  if (meant.length === 0) {
    // Nothing to add it to: the value that the filter describes.
    const added: Resource = { ...equalsOf(where), ...(sub === null && isObject(value) ? value : {}) };
    if (sub !== null) added[sub] = value;
    holder[name] = [...list, added];
    return;
  }
  for (const each of meant.filter(isObject)) {
    if (op === 'remove') delete each[nameIn(each, sub!)];
    else if (sub !== null) each[nameIn(each, sub)] = value;
    else if (isObject(value)) for (const [key, one] of Object.entries(value)) each[nameIn(each, key)] = one;
  }
  holder[name] = list;
}

/** What a filter says by `eq` of the value that it means. */
function equalsOf(filter: Filter | null): Resource {
  if (filter?.is === 'eq') return { [filter.path.attribute]: filter.value };
  return filter?.is === 'and' ? Object.assign({}, ...filter.of.map(equalsOf)) : {};
}

const valueOf = (each: unknown): unknown => (isObject(each) ? read(each, 'value') : each);

const without = (list: unknown, gone: readonly unknown[]): unknown[] => {
  const values = new Set(gone.map(valueOf));
  return listOf(list).filter((each) => !values.has(valueOf(each)));
};

const union = (list: readonly unknown[], more: readonly unknown[]): unknown[] => [
  ...without(list, more),
  ...more,
];

export const listOf = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

export const isObject = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member under the name that the object has for it, whatever its case. */
const nameIn = (object: object, name: string): string => memberOf(object, name) ?? name;

export const read = (object: object, name: string): unknown => {
  const found = memberOf(object, name);
  return found === undefined ? undefined : (object as Resource)[found];
};
