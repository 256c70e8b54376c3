import { RefusedError } from '@cairn/decider';
import type { ReadBuild } from '@cairn/projections';
import type { ClientBase } from 'pg';
import { momentOf, type Basis, type Moment } from '../reports/as-of/moment.js';
import type { ProgramHistory } from '../reports/as-of/view.js';

/** What a report may be asked for, beside itself. */
export interface AsOf {
  /** ISO 8601, UTC; the oldest applied watermark without it. */
  readonly asOf?: string;
  readonly basis: Basis;
}

/** How far what is kept has come: one state of the projections, and what of each source it holds. */
export interface Kept {
  /** Where to read: resolved once, so that an answer never mixes two. */
  readonly builds: readonly ReadBuild[];
  /** The versions of the projections that are read. */
  readonly versions: string;
  /** How far they have come in analytics' log. */
  readonly position: string;
  /** For each source, up to when everything that it recorded is in; undefined where that is not known yet. */
  readonly covered: ReadonlyMap<string, Date | undefined>;
}

/** The database as it stood at one instant, and the moment from which a report looks at it. */
export interface Snapshot {
  readonly client: Pick<ClientBase, 'query'>;
  readonly kept: Kept;
  /** A programme's; undefined where the tenant has no such programme. */
  history(tenantId: string, programId: string): Promise<ProgramHistory | undefined>;
  readonly moment: Moment;
  /** The present, whatever moment was asked for: what the reader may see now. */
  readonly now: Moment;
  /** Up to when everything is in, whatever moment was asked for. */
  readonly until: number;
  /** Stands above every answer. */
  readonly heading: Heading;
}

export interface Heading {
  readonly asOf: string;
  readonly basis: Basis;
  /** False where a source's facts up to asOf may not all be in yet, or some of the tenant's are put aside. */
  readonly complete: boolean;
  /** For each source, up to when its facts are in; not beyond asOf, so that a past report never changes. */
  readonly freshness: Readonly<Record<string, string>>;
  /** Where no asOf was asked for: whether the newest that there is, is old. */
  readonly stale?: boolean;
}

/** A source that has said nothing for so long is stale (architecture, Health). */
export const STALE_MS = 30_000;

/**
 * The moment of a report.
 * @param isAside whether events of its tenant are put aside, and so in no report: when they were recorded, who knows
 * @throws RefusedError 409 while nothing has been heard of a source yet
 */
export function headingOf(
  { asOf, basis }: AsOf,
  { covered }: Kept,
  isAside: boolean,
  now: Date,
): { moment: Moment; until: number; heading: Heading } {
  const silent = [...covered].filter(([, until]) => until === undefined).map(([source]) => source);
  if (silent.length > 0 && asOf === undefined)
    throw new RefusedError({
      kind: 'not-yet-known',
      slug: 'not-yet-known',
      detail: `Nothing has been heard of ${silent.join(', ')} yet. Ask again in a moment, or name a date with asOf.`,
    });
  const oldest = Math.min(...[...covered.values()].map((until) => until?.getTime() ?? -Infinity));
  const at = asOf === undefined ? oldest : Date.parse(asOf);
  const until = ([source, date]: [string, Date | undefined]): [string, string][] =>
    date === undefined ? [] : [[source, new Date(Math.min(date.getTime(), at)).toISOString()]];
  return {
    moment: momentOf(at, basis),
    until: oldest,
    heading: {
      asOf: new Date(at).toISOString(),
      basis,
      complete: at <= oldest && !isAside,
      freshness: Object.fromEntries([...covered].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(until)),
      ...(asOf === undefined ? { stale: now.getTime() - oldest > STALE_MS } : {}),
    },
  };
}
