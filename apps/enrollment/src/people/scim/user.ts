import { BIDI_CONTROLS, personName, tidy, type PersonName } from '../import/names.js';
import { isDay } from '../import/dates.js';
import { leavingReasons, levels, type LeavingReason, type Level } from '../import/mapping.js';
import { CAIRN, CORE_USER, ENTERPRISE } from './attributes.js';
import { isObject, listOf, patched, read, shapeOf, type PatchOperation, type Resource } from './patch.js';
import { scimError } from './scim.errors.js';

/** A person as SCIM shows them: of the directory what the schemas have. */
export interface UserRow extends PersonName {
  readonly personId: string;
  readonly employeeId: string;
  /** Until a client has given one: the address, or else the employee id. */
  readonly userName: string;
  readonly externalId: string | null;
  /** Null where it is the name. */
  readonly displayName: string | null;
  readonly email: string | null;
  readonly department: string | null;
  readonly position: string | null;
  readonly location: string | null;
  readonly level: Level;
  readonly managerId: string | null;
  readonly managerName: string | null;
  readonly hiredOn: string | null;
  readonly onLeave: boolean;
  readonly leftOn: string | null;
  readonly leavingReason: LeavingReason | null;
  readonly groups: readonly { readonly value: string; readonly display: string }[];
}

export const USER = shapeOf(CORE_USER, ENTERPRISE, CAIRN);

const present = <Member>(name: string, value: Member | null) => (value === null ? {} : { [name]: value });

const wholeName = ({ givenName, familyName }: PersonName): string =>
  [givenName, familyName].filter(Boolean).join(' ');

/** A User without its `meta`. */
export function userOf(row: UserRow): Resource {
  const { managerId, managerName } = row;
  return {
    schemas: [CORE_USER, ENTERPRISE, CAIRN],
    id: row.personId,
    userName: row.userName,
    ...present('externalId', row.externalId),
    name: { givenName: row.givenName, familyName: row.familyName, formatted: wholeName(row) },
    displayName: row.displayName ?? wholeName(row),
    ...present('title', row.position),
    active: row.leftOn === null,
    ...(row.email === null ? {} : { emails: [{ value: row.email, type: 'work', primary: true }] }),
    ...(row.groups.length === 0 ? {} : { groups: row.groups }),
    [ENTERPRISE]: {
      employeeNumber: row.employeeId,
      ...present('department', row.department),
      ...(managerId === null
        ? {}
        : { manager: { value: managerId, ...present('displayName', managerName) } }),
    },
    [CAIRN]: {
      level: row.level,
      ...present('location', row.location),
      ...present('hiredOn', row.hiredOn),
      onLeave: row.onLeave,
      ...present('leavingReason', row.leavingReason),
    },
  };
}

/** A User once a PATCH is applied, where what follows from the name is left out unless the PATCH says it. @throws FaultError */
export function patchedUser(row: UserRow, operations: readonly PatchOperation[]): Resource {
  const { givenName, familyName } = row;
  const { displayName: _, ...user } = userOf(row);
  const before = { ...user, name: { givenName, familyName }, ...present('displayName', row.displayName) };
  const after = patched(before, operations, USER);
  const name = read(after, 'name');
  if (!isObject(name)) return after;
  const formatted = text(name, 'formatted', 200, wholeName(row));
  const isNew = formatted !== null && formatted !== wholeName(row);
  const arePartsLeft = read(name, 'givenName') === givenName && read(name, 'familyName') === familyName;
  return isNew && arePartsLeft ? { ...after, name: { formatted } } : after;
}

/** What a client says of a person. Undefined: nothing; null: that there is none. */
export interface UserSaid extends PersonName {
  readonly userName: string;
  readonly externalId: string | null;
  /** Null where it is the name. */
  readonly displayName: string | null;
  readonly employeeNumber: string | null;
  readonly email: string | null | undefined;
  readonly position: string | null | undefined;
  readonly department: string | null | undefined;
  /** A person's id, employee id or userName. */
  readonly manager: string | null | undefined;
  readonly active: boolean;
  readonly level: Level | undefined;
  readonly location: string | null | undefined;
  readonly hiredOn: string | undefined;
  readonly onLeave: boolean | undefined;
  readonly leavingReason: LeavingReason | null;
}

/** How a client says what it says: of a POST what is not there says nothing, of a PATCH there is all that is left. */
export type Way = 'post' | 'put' | 'patch';

/**
 * What a User says of a person. An extension that is not there says nothing. Of the rest a PUT takes away what it leaves
 * out (RFC 7644 3.5.1 lets the service choose), but for the manager, whom some clients send in a request of their own.
 * @param row what stands: a text that stays as it is is not judged anew, since files take more than a client may say
 * @throws FaultError invalidValue
 */
export function readUser(resource: Resource, way: Way, row: UserRow | null = null): UserSaid {
  const leftOut = way === 'post' ? undefined : null;
  const said = (of: Resource, name: string, limit: number, stands?: string | null) =>
    read(of, name) === undefined ? leftOut : text(of, name, limit, stands);
  const enterprise = extensionIn(resource, ENTERPRISE);
  const cairn = extensionIn(resource, CAIRN);
  const userName = text(resource, 'userName', 254, row?.userName);
  if (userName === null) throw invalid('userName', 'a name: it is required');
  const name = nameIn(resource, row);
  const displayName = text(resource, 'displayName', 200, row && (row.displayName ?? wholeName(row)));
  return {
    userName,
    externalId: text(resource, 'externalId', 254),
    employeeNumber: enterprise ? text(enterprise, 'employeeNumber', 100, row?.employeeId) : null,
    ...name,
    displayName: displayName === wholeName(name) ? null : displayName,
    email: read(resource, 'emails') === undefined ? leftOut : emailIn(resource, row),
    position: said(resource, 'title', 120, row?.position),
    department: enterprise && said(enterprise, 'department', 120, row?.department),
    manager:
      enterprise &&
      (read(enterprise, 'manager') === undefined && way !== 'patch' ? undefined : managerIn(enterprise)),
    active: flag(resource, 'active') ?? true,
    level: cairn && (oneOf(cairn, 'level', levels) ?? undefined),
    location:
      cairn && (read(cairn, 'location') !== undefined || way === 'patch')
        ? text(cairn, 'location', 120, row?.location)
        : undefined,
    hiredOn: cairn && dayIn(cairn, 'hiredOn'),
    onLeave: cairn && flag(cairn, 'onLeave'),
    leavingReason: (cairn && oneOf(cairn, 'leavingReason', leavingReasons)) ?? null,
  };
}

const invalid = (name: string, expected: string) =>
  scimError('invalidValue', `${name}: expected ${expected}.`);

function extensionIn(resource: Resource, schema: string): Resource | undefined {
  const value = read(resource, schema);
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid(schema, 'an object');
  return value;
}

const UNREADABLE = /\p{Cc}/u;

/**
 * A text as files have it: tidied, and such that it can stand in events and on a page.
 * @param stands what is there already, and may stay
 */
export function text(of: Resource, name: string, limit: number, stands: string | null = null): string | null {
  const value = read(of, name);
  if (value === undefined || value === null || value === '') return null;
  if (value === stands) return stands;
  if (typeof value !== 'string' || value.length > limit)
    throw invalid(name, `a text of up to ${limit} characters`);
  const tidied = tidy(value);
  if (BIDI_CONTROLS.test(tidied) || UNREADABLE.test(tidied))
    throw invalid(name, 'a text without control characters and without those that turn its direction');
  return tidied === '' ? null : tidied;
}

/** True and false; some clients send them as texts. */
function flag(of: Resource, name: string): boolean | undefined {
  const value = read(of, name);
  if (value === undefined || value === null || value === '') return undefined;
  const word = String(value).toLowerCase();
  if (word !== 'true' && word !== 'false') throw invalid(name, 'true or false');
  return word === 'true';
}

function oneOf<Value extends string>(of: Resource, name: string, values: readonly Value[]): Value | null {
  const value = text(of, name, 100);
  if (value === null) return null;
  const known = values.find((each) => each === value.toLowerCase());
  if (known === undefined) throw invalid(name, `one of ${values.join(', ')}`);
  return known;
}

/** A day; of an instant, which some clients send, its first ten characters. */
function dayIn(of: Resource, name: string): string | undefined {
  const value = text(of, name, 40)?.replace(/T.*$/, '');
  if (value !== undefined && !isDay(value)) throw invalid(name, 'a day as YYYY-MM-DD');
  return value;
}

function nameIn(resource: Resource, row: UserRow | null): PersonName {
  const name = read(resource, 'name');
  const parts = isObject(name) ? name : {};
  const givenName = text(parts, 'givenName', 200, row?.givenName);
  const familyName = text(parts, 'familyName', 200, row?.familyName);
  if (givenName !== null || familyName !== null)
    return { givenName: givenName ?? '', familyName: familyName ?? '' };
  const whole = text(parts, 'formatted', 200) ?? text(resource, 'displayName', 200);
  if (whole === null) throw invalid('name', 'givenName and familyName, or formatted, or a displayName');
  return personName(whole);
}

function emailIn(resource: Resource, row: UserRow | null): string | null {
  const list = listOf(read(resource, 'emails')).map((each) => (isObject(each) ? each : { value: each }));
  // What was added last goes before what was there.
  const meant =
    list.findLast((each) => flag(each, 'primary') === true) ??
    list.findLast((each) => String(read(each, 'type')).toLowerCase() === 'work') ??
    list[0];
  const email = meant ? text(meant, 'value', 254, row?.email) : null;
  if (email !== null && !/^\S+@\S+$/.test(email)) throw invalid('emails', 'an e-mail address');
  return email;
}

/** An object as the RFC has it; some clients send the id alone, or a list of one. */
function managerIn(enterprise: Resource): string | null {
  const value = listOf(read(enterprise, 'manager'))[0];
  return text(isObject(value) ? value : { value }, 'value', 254);
}
