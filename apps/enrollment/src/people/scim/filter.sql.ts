import type { Condition } from '../reach.js';
import { CAIRN, CORE_USER, ENTERPRISE } from './attributes.js';
import { parseTarget, type AttributePath, type Comparison, type Filter, type Literal } from './filter.js';
import { scimError } from './scim.errors.js';

/** What a filter asks for in a table. */
export interface Column {
  readonly sql: string;
  readonly type: 'text' | 'flag';
  /** Whether capitals count. */
  readonly exact?: true;
}

/** By `attribute`, `attribute.part` or, of an extension, `schema:attribute`; in lower case. */
export type Columns = Readonly<Record<string, Column>>;

const text = (sql: string): Column => ({ sql, type: 'text' });
const exact = (sql: string): Column => ({ sql, type: 'text', exact: true });
const flag = (sql: string): Column => ({ sql, type: 'flag' });

/** The index `people_by_user_name` has these very words. */
export const USER_NAME = 'coalesce(p.user_name, p.email, p.employee_id)';
const NAME = `btrim(p.given_name || ' ' || p.family_name)`;

const [enterprise, cairn] = [ENTERPRISE.toLowerCase(), CAIRN.toLowerCase()];

export const USER_COLUMNS: Columns = {
  schemas: text(`'${CORE_USER}'`),
  id: exact('p.person_id::text'),
  username: text(USER_NAME),
  externalid: exact('p.external_id'),
  'name.givenname': text('p.given_name'),
  'name.familyname': text('p.family_name'),
  'name.formatted': text(NAME),
  displayname: text(`coalesce(p.display_name, ${NAME})`),
  title: text('p.position'),
  active: flag('(p.left_on IS NULL)'),
  emails: text('p.email'),
  'emails.value': text('p.email'),
  'emails.type': text(`CASE WHEN p.email IS NOT NULL THEN 'work' END`),
  'emails.primary': flag('(p.email IS NOT NULL)'),
  [`${enterprise}:employeenumber`]: exact('p.employee_id'),
  [`${enterprise}:department`]: text('p.department'),
  [`${enterprise}:manager`]: exact('p.manager_id::text'),
  [`${enterprise}:manager.value`]: exact('p.manager_id::text'),
  [`${cairn}:level`]: text('p.level'),
  [`${cairn}:location`]: text('p.location'),
  [`${cairn}:hiredon`]: text('p.hired_on::text'),
  [`${cairn}:onleave`]: flag('p.on_leave'),
  [`${cairn}:leavingreason`]: text('p.leaving_reason'),
};

export const GROUP_COLUMNS: Columns = {
  id: exact('g.group_id::text'),
  displayname: text('g.display_name'),
  externalid: exact('g.external_id'),
};

/** @throws FaultError invalidFilter, where it asks for what is not there to be asked for */
export function conditionOf(filter: Filter, columns: Columns, core: string): Condition {
  const parameters: Record<string, unknown> = {};
  const parameter = (value: unknown): string => {
    const name = `f${Object.keys(parameters).length}`;
    parameters[name] = value;
    return `:${name}`;
  };
  const columnOf = (path: AttributePath, within: AttributePath | null): Column => {
    const column = columnNamed(within ? { ...within, sub: path.attribute } : path, columns, core);
    if (column !== undefined) return column;
    const known = Object.keys(columns).join(', ');
    throw scimError(
      'invalidFilter',
      `A filter cannot ask for one of the attributes that it names; it can for ${known} (in capitals or not).`,
    );
  };
  const sqlOf = (each: Filter, within: AttributePath | null): string => {
    switch (each.is) {
      case 'and':
      case 'or':
        return `(${each.of.map((one) => sqlOf(one, within)).join(each.is === 'and' ? ' AND ' : ' OR ')})`;
      case 'not':
        return `((${sqlOf(each.of, within)}) IS NOT TRUE)`;
      // Of what is a list to a client there is one value here.
      case 'where':
        return sqlOf(each.of, each.path);
      case 'pr':
        return isThere(columnOf(each.path, within));
      default:
        return compared(each.is, columnOf(each.path, within), each.value, parameter);
    }
  };
  return { sql: sqlOf(filter, null), parameters };
}

/**
 * What comes first in ORDER BY for `sortBy` (RFC 7644 3.4.2.3): what is not there is last, or first where it descends.
 * @throws FaultError invalidPath, where a list cannot be sorted by that
 */
export function orderOf(
  { sortBy, sortOrder = 'ascending' }: { readonly sortBy?: string; readonly sortOrder?: string },
  columns: Columns,
  core: string,
): string {
  if (sortBy === undefined) return '';
  const { where, ...path } = parseTarget(sortBy);
  const column = where === null ? columnNamed(path, columns, core) : undefined;
  if (column === undefined)
    throw scimError('invalidPath', `sortBy takes one of ${Object.keys(columns).join(', ')}.`);
  if (sortOrder !== 'ascending' && sortOrder !== 'descending')
    throw scimError('invalidValue', 'sortOrder is ascending or descending.');
  const { sql, type, exact: capitalsCount } = column;
  const by = type === 'flag' ? sql : `${capitalsCount ? sql : `lower(${sql})`} COLLATE "C"`;
  return `${by} ${sortOrder === 'ascending' ? 'ASC NULLS LAST' : 'DESC NULLS FIRST'}, `;
}

function columnNamed(
  { schema, attribute, sub }: AttributePath,
  columns: Columns,
  core: string,
): Column | undefined {
  const prefix = schema === '' || schema === core.toLowerCase() ? '' : `${schema}:`;
  const name = `${prefix}${attribute}${sub === null ? '' : `.${sub}`}`;
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}

const isThere = ({ sql, type }: Column): string =>
  type === 'flag' ? `(${sql} IS NOT NULL)` : `(${sql} <> '')`;

const SIGNS: Partial<Record<Comparison, string>> = { gt: '>', ge: '>=', lt: '<', le: '<=' };

function compared(
  is: Comparison,
  column: Column,
  value: Literal,
  parameter: (value: unknown) => string,
): string {
  if (value === null && is === 'eq') return `(${isThere(column)} IS NOT TRUE)`;
  if (value === null && is === 'ne') return isThere(column);
  if (column.type === 'flag') {
    if (typeof value !== 'boolean' || (is !== 'eq' && is !== 'ne'))
      throw scimError('invalidFilter', 'What is true or false is compared by eq and ne, with true or false.');
    return is === 'eq' ? `(${column.sql} = ${parameter(value)})` : `(${column.sql} <> ${parameter(value)})`;
  }
  if (typeof value !== 'string')
    throw scimError('invalidFilter', 'A text is compared with a text in quotes.');
  const own = column.exact ? column.sql : `lower(${column.sql})`;
  const other = column.exact ? `${parameter(value)}::text` : `lower(${parameter(value)}::text)`;
  if (is === 'eq') return `(${own} = ${other})`;
  if (is === 'ne') return `(${own} IS DISTINCT FROM ${other})`;
  if (is === 'co') return `(strpos(${own}, ${other}) > 0)`;
  if (is === 'sw') return `starts_with(${own}, ${other})`;
  if (is === 'ew') return `(right(${own}, length(${other})) = ${other})`;
  return `(${own} COLLATE "C" ${SIGNS[is]} ${other} COLLATE "C")`;
}
