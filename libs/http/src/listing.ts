import { createHash } from 'node:crypto';
import { IsOptional } from 'class-validator';
import { RefusedError } from '@cairn/decider';
import { isUuid } from '@cairn/identity';
import { IsQueryInt, IsText, instantOf, isCalendarDate } from './fields.js';
import { unstorable } from './text.js';

/** The query of a list: extend it with the list's filters. */
export class PageQuery {
  @IsOptional()
  @IsQueryInt(1, 500)
  limit = 50;

  @IsOptional()
  @IsText(1000)
  cursor?: string;
}

const KINDS = {
  id: isUuid,
  date: isCalendarDate,
  instant: (value: unknown) => instantOf(value) === value,
  text: (value: unknown) => typeof value === 'string' && !unstorable(value),
  integer: Number.isSafeInteger,
} satisfies Record<string, (value: unknown) => boolean>;

type Kind = keyof typeof KINDS;
type Place<Keys extends Record<string, Kind>> = {
  [Key in keyof Keys]: Keys[Key] extends 'integer' ? number : string;
};

/** One page of a list; without `nextCursor` it is the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

interface Listing<Keys extends Record<string, Kind>> {
  under(query: PageQuery): Omit<Listing<Keys>, 'under'>;
  after(cursor: string | undefined): Place<Keys> | undefined;
  page<Row, Item = Row>(
    rows: readonly Row[],
    limit: number,
    placeOf: (row: Row) => Place<Keys>,
    itemOf?: (row: Row) => Item,
  ): Page<Item>;
}

/**
 * A list with cursors. `name` holds what its order depends on, the projection's version too ("participants.3"): a cursor
 * of another list, order or version is refused. `keys` are the columns that place a row in the order, and their kinds, so
 * that whatever is read from a cursor can be given to the database.
 */
export function listing<const Keys extends Record<string, Kind>>(name: string, keys: Keys): Listing<Keys> {
  const columns = Object.entries(keys);

  return {
    /** The same list under a query's filters: a cursor given out under others is refused. */
    under(query: PageQuery) {
      const given = Object.entries(query)
        .filter(([key, value]) => key !== 'limit' && key !== 'cursor' && value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      // Hashed: a filter may be long, or say what a cursor that is passed on should not.
      const mark = createHash('sha256').update(JSON.stringify(given)).digest('base64url').slice(0, 12);
      return listing(given.length === 0 ? name : `${name}?${mark}`, keys);
    },

    /**
     * Where the page before ended; undefined without a cursor.
     * @throws RefusedError 400 where the cursor was not given out for this list
     */
    after(cursor: string | undefined): Place<Keys> | undefined {
      if (cursor === undefined) return undefined;
      const [made, ...values] = decode(cursor);
      if (made !== name || values.length !== columns.length) throw badCursor();
      if (!columns.every(([, kind], index) => KINDS[kind](values[index]))) throw badCursor();
      return Object.fromEntries(columns.map(([column], index) => [column, values[index]])) as Place<Keys>;
    },

    /** A page of `limit` items from rows of which `limit + 1` were asked for: the one too many says that there is more. */
    page<Row, Item = Row>(
      rows: readonly Row[],
      limit: number,
      placeOf: (row: Row) => Place<Keys>,
      itemOf?: (row: Row) => Item,
    ): Page<Item> {
      const shown = rows.slice(0, limit);
      const items = itemOf ? shown.map(itemOf) : (shown as unknown as Item[]);
      const last = shown.at(-1);
      if (rows.length <= limit || last === undefined) return { items };
      const place = placeOf(last) as Record<string, unknown>;
      return { items, nextCursor: encode([name, ...columns.map(([column]) => place[column])]) };
    },
  };
}

const encode = (values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

function decode(cursor: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(values) && encode(values) === cursor) return values;
  } catch {
    // Not JSON: refused below like every other cursor that is not ours.
  }
  throw badCursor();
}

const badCursor = () =>
  new RefusedError({
    kind: 'malformed',
    slug: 'bad-cursor',
    detail:
      'The cursor is not one of this list. Take it from nextCursor as it is, with the same filters and order, or leave it out.',
    errors: [{ pointer: '/cursor', detail: 'not a cursor of this list' }],
  });
