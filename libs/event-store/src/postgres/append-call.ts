import { escapeLiteral, type ClientBase } from 'pg';
import type { PreparedAppend, PreparedEvent } from '../content.js';
import { type Appended, EventIdConflict, type Position, WrongExpectedVersion } from '../port.js';
import { arrayLiteral, jsonArray, textArray } from './arrays.js';

/** Positions are numbers here; padded, they compare as strings do. */
export const toPosition = (position: number | string): Position => String(position).padStart(16, '0');

interface AppendRow {
  first_position: string;
  verdicts: [outcome: string, version: number, position: number, eventId: string | null][] | null;
}

/** What the function is given, column by column; see append.sql.ts. */
function columns(appends: readonly PreparedAppend[]) {
  const streams: string[] = [];
  const versions: number[] = [];
  const events: PreparedEvent[] = [];
  for (const { stream, expectedVersion, events: own } of appends) {
    for (const [index, event] of own.entries()) {
      streams.push(stream);
      versions.push(expectedVersion + index + 1);
      events.push(event);
    }
  }
  const texts = (name: Exclude<keyof PreparedEvent, 'contentHash'>) => events.map((event) => event[name]);
  return {
    targets: appends.map(({ stream }) => stream),
    expected: appends.map(({ expectedVersion }) => expectedVersion),
    sizes: appends.map((append) => append.events.length),
    streams,
    versions,
    ids: texts('id'),
    types: texts('type'),
    occurred: texts('occurredAt'),
    tenants: texts('tenantId'),
    data: texts('data'),
    metadata: texts('metadata'),
  };
}

/** Runs the function as a prepared statement: each append's fate, in order. In strict mode the first refusal is thrown. */
export async function callAppend(
  client: Pick<ClientBase, 'query'>,
  schema: string,
  appends: readonly PreparedAppend[],
  mode: { strict: boolean; notify: boolean },
): Promise<(Appended | Error)[]> {
  const c = columns(appends);
  const query = {
    name: `${schema}.append`,
    text: `SELECT * FROM ${schema}.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
    values: [
      mode.strict,
      mode.notify,
      textArray(c.targets),
      c.expected,
      c.sizes,
      textArray(c.streams),
      c.versions,
      textArray(c.ids),
      textArray(c.types),
      textArray(c.occurred),
      textArray(c.tenants),
      jsonArray(c.data),
      jsonArray(c.metadata),
    ],
  };
  const { rows } = await client.query<AppendRow>(query).catch((error: unknown) => {
    throw asRefusal(error, appends);
  });
  return verdictsOf(appends, rows[0]!);
}

/**
 * The same and COMMIT in one message: a process that is stopped after sending it cannot keep the log's lock. A refusal
 * is raised by the function, so that the COMMIT behind it is not reached.
 */
export async function callAppendAndCommit(
  client: ClientBase,
  schema: string,
  appends: readonly PreparedAppend[],
): Promise<Appended[]> {
  const c = columns(appends);
  const literals = Object.values(c).map((values) => escapeLiteral(arrayLiteral(values)));
  const sql = `SELECT * FROM ${schema}.append(true, false, ${literals.join(', ')}); COMMIT`;
  // A statement of several parts gives several results, which the types do not say.
  const answer = client.query(sql) as unknown as Promise<{ rows: AppendRow[] }[]>;
  const [appended] = await answer.catch((error: unknown) => {
    throw asRefusal(error, appends);
  });
  return verdictsOf(appends, appended!.rows[0]!) as Appended[];
}

function verdictsOf(appends: readonly PreparedAppend[], row: AppendRow): (Appended | Error)[] {
  let last = Number(row.first_position) - 1;
  return appends.map(({ stream, expectedVersion, events }, index) => {
    const verdict = row.verdicts?.[index];
    if (verdict === undefined) {
      last += events.length;
      return { version: expectedVersion + events.length, position: toPosition(last), fresh: true };
    }
    const [outcome, version, position, eventId] = verdict;
    if (outcome === 'wrong-version') return new WrongExpectedVersion(stream, expectedVersion, version);
    if (outcome === 'other-content') return new EventIdConflict(stream, eventId!);
    return { version, position: toPosition(position), fresh: outcome === 'appended' };
  });
}

/** The function's own errors (strict mode) as the port names them; any other as it came. */
function asRefusal(error: unknown, appends: readonly PreparedAppend[]): unknown {
  const { code, detail } = error as { code?: string; detail?: string };
  if ((code !== 'CA001' && code !== 'CA002') || detail === undefined) return error;
  const [index, value] = JSON.parse(detail) as [number, number | string];
  const { stream, expectedVersion } = appends[index]!;
  return code === 'CA001'
    ? new WrongExpectedVersion(stream, expectedVersion, Number(value))
    : new EventIdConflict(stream, String(value));
}
