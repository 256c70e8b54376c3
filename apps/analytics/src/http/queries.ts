import { RefusedError } from '@cairn/decider';
import { FORMATS, IsId, IsInstant, IsQueryInt, IsText, listing, type Format } from '@cairn/http';
import { IsIn, IsOptional } from 'class-validator';
import type { Snapshot } from '../reading/snapshot.js';
import type { Basis } from '../reports/as-of/moment.js';
import { COACH, DIMENSIONS as DIMENSIONS_OPEN, DIMENSIONS_IN_FULL } from '../reports/dimensions.js';
import { OPINIONS } from '../reports/opinions/index.js';
import { METRICS } from '../reports/metrics/index.js';

const STATUSES = [
  'nominated',
  'waitlisted',
  'invited',
  'expired',
  'declined',
  'withdrawn',
  'active',
  'paused',
  'completed',
  'discontinued',
  'cancelled',
];
const METRIC_IDS = METRICS.map(({ id }) => id);
const OPINION_IDS = [...new Set(OPINIONS.map(({ id }) => id))];
const DIMENSIONS = [...DIMENSIONS_IN_FULL, 'theme'];
const DIMENSIONS_OF_OPINIONS = [...DIMENSIONS_OPEN, COACH];

/** From where a report looks, and in which form it is answered. */
export class AsOfQuery {
  /** The instant at which everything is evaluated; the oldest applied watermark without it. */
  @IsOptional()
  @IsInstant()
  asOf?: string;

  /** `occurredAt`: as it is known now to have been. `recordedAt`: as it was known then. */
  @IsOptional()
  @IsIn(['occurredAt', 'recordedAt'])
  basis: Basis = 'occurredAt';

  @IsOptional()
  @IsIn(FORMATS)
  format?: Format;
}

export class PagedQuery extends AsOfQuery {
  @IsOptional()
  @IsQueryInt(1, 500)
  limit = 100;

  @IsOptional()
  @IsText(1000)
  cursor?: string;
}

export class PeopleQuery extends PagedQuery {
  @IsOptional()
  @IsIn(STATUSES)
  status?: string;

  @IsOptional()
  @IsId()
  cohortId?: string;
}

export class PeriodQuery extends AsOfQuery {
  @IsOptional()
  @IsText(20)
  period = 'programme';
}

export class MetricsQuery extends PeriodQuery {
  /** All of them without it. */
  @IsOptional()
  @IsIn(METRIC_IDS, { message: `metric must be one of: ${METRIC_IDS.join(', ')}` })
  metric?: string;

  @IsOptional()
  @IsIn(DIMENSIONS, { message: `dimension takes one of these, one at a time: ${DIMENSIONS.join(', ')}` })
  dimension?: string;
}

export class OutcomesQuery extends PeriodQuery {
  @IsOptional()
  @IsIn(DIMENSIONS_OPEN, {
    message: `dimension takes one of these, one at a time: ${DIMENSIONS_OPEN.join(', ')}`,
  })
  dimension?: string;
}

export class OpinionsQuery extends PeriodQuery {
  /** All of them without it. */
  @IsOptional()
  @IsIn(OPINION_IDS, { message: `metric must be one of: ${OPINION_IDS.join(', ')}` })
  metric?: string;

  @IsOptional()
  @IsIn(DIMENSIONS_OF_OPINIONS, {
    message: `dimension takes one of these, one at a time: ${DIMENSIONS_OF_OPINIONS.join(', ')}`,
  })
  dimension?: string;
}

const otherMoment = (asOf: string) =>
  new RefusedError({
    kind: 'malformed',
    slug: 'bad-cursor',
    detail: `The cursor is of a list as of ${asOf}. Ask with that asOf or without one, or leave the cursor out.`,
    errors: [{ pointer: '/asOf', detail: 'not that of the cursor' }],
  });

/** What a list is asked for. The list of one programme is not that of another. */
type Asked = PagedQuery & { readonly programId?: string };

/**
 * A list in the order of its rows' ids, under its filters. The pages after the first look from the moment of the first.
 */
export function datedListing(name: string) {
  const all = listing(`${name}.2`, { asOf: 'instant', id: 'id' });
  // The moment is in the cursor itself, and either form has the same pages.
  const under = (query: Asked) => all.under({ ...query, asOf: undefined, format: undefined } as PagedQuery);
  return {
    /** From where a page looks. @throws RefusedError 400 for a cursor of another list, of other filters or of another asOf */
    asOf(query: Asked) {
      const asOf = under(query).after(query.cursor)?.asOf ?? query.asOf;
      if (query.asOf !== undefined && query.asOf !== asOf) throw otherMoment(asOf!);
      return { asOf, basis: query.basis };
    },

    /** @param rows all of them, in the order of `idOf` */
    page<Row, Item = Row>(
      { heading: { asOf } }: Pick<Snapshot, 'heading'>,
      query: Asked,
      rows: readonly Row[],
      idOf: (row: Row) => string,
      itemOf?: (row: Row) => Item,
    ) {
      const pages = under(query);
      const after = pages.after(query.cursor)?.id ?? '';
      const left = rows.filter((row) => idOf(row) > after).slice(0, query.limit + 1);
      return { ...pages.page(left, query.limit, (row) => ({ asOf, id: idOf(row) }), itemOf) };
    },
  };
}
