import { Id, Versioned, type Columns } from '@cairn/http';
import { CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { opinionsFor, overseesPrograms } from '../reading/opinion-reader.js';
import { reportFor } from '../reading/program-reader.js';
import { Snapshots } from '../reading/snapshots.js';
import { COACH } from '../reports/dimensions.js';
import { OPINIONS, TOLD_TO_COACHES } from '../reports/opinions/index.js';
import { OpinionReport, type OpinionShown } from '../reports/opinions/opinion-report.js';
import type { Opinion } from '../reports/opinions/opinion.js';
import { outcomesOf, type OutcomeShown } from '../reports/outcomes.js';
import type { Period } from '../reports/periods.js';
import { openPeriod, periodAsked, refused } from './asked.js';
import { OPINION_COLUMNS, OUTCOME_COLUMNS } from './columns.js';
import { NOT_YET_KNOWN, type Said } from './program-answer.js';
import { OpinionsQuery, OutcomesQuery, type PeriodQuery } from './queries.js';
import { told, type Body } from './told.js';

/** What people think, as a whole: never of a single person, whoever asks. */
@ApiTags('programmes')
@Versioned()
@Controller('v1/programs/:programId')
export class OpinionsController {
  constructor(private readonly snapshots: Snapshots) {}

  @Get('opinions')
  @Roles('hr', 'program-admin', 'sponsor', 'coach')
  @ApiOperation({
    summary:
      'What people think: ratings, NPS, themes, observed attainment, pulses, fit, rematches and change of behaviour, of closed months',
    description:
      'The same for everybody who may read it: means over people of months that are over, a new one only where at least the smallest group answered since the last; otherwise the last stays, and `from` and `through` say of which months it is. Values are told in steps, and at the ends of the scale only that they are there or beyond (`bound`). How many answered is not told. By `dimension=coach` hr and program-admin are told how satisfied people are. A coach is told the ratings, the feedback and the fit of the programmes in which they coach, and by `dimension=coach` their own coachees’ ratings as a whole. HR of some org units is told of these alone, by `dimension=org-unit`.',
  })
  opinions(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: OpinionsQuery,
  ) {
    basisOpen(query);
    const { dimension, period } = query;
    const open = opinionsOpen(subject, query);
    return this.snapshots.read(subject.tenantId, query, async (snapshot) => {
      const report = await opinionsFor(snapshot, subject, programId);
      const body: Body<OpinionShown> & Said = report
        ? {
            dimension: dimension ?? null,
            items: rowsOf(report, open, openPeriod(period, report.zone, snapshot.moment.at), dimension),
          }
        : { note: NOT_YET_KNOWN, items: [] };
      return told(snapshot, `opinions-${programId}`, OPINION_COLUMNS, besideOf(programId), {
        programId,
        ...body,
      });
    });
  }

  @Get('outcomes')
  @Roles('hr', 'program-admin', 'sponsor')
  @ApiOperation({
    summary: 'What a programme has brought, as each source says it, side by side',
    description:
      'Goal attainment (self-reported, observed), what colleagues see (workplace), and the change from baseline to follow-up (self-reported, observed): the rows of `metrics` and `opinions` as the reader is told them there, and what is withheld.',
  })
  outcomes(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: OutcomesQuery,
  ) {
    basisOpen(query);
    return this.snapshots.read(subject.tenantId, query, async (snapshot) => {
      const metrics = await reportFor(snapshot, subject, programId);
      const opinions = await opinionsFor(snapshot, subject, programId);
      const { dimension, period } = query;
      const body: Body<OutcomeShown> & Said =
        metrics && opinions
          ? {
              dimension: dimension ?? null,
              items: outcomesOf(
                [opinions, openPeriod(period, opinions.zone, snapshot.moment.at)],
                [metrics, periodAsked(metrics, period)],
                dimension,
              ),
            }
          : { note: NOT_YET_KNOWN, items: [] };
      return told(snapshot, `outcomes-${programId}`, OUTCOME_COLUMNS, besideOf(programId), {
        programId,
        ...body,
      });
    });
  }
}

/** The measures that are asked for. @throws RefusedError 400 where none of them is open to the reader so */
function opinionsOpen(subject: Subject, { dimension, metric }: OpinionsQuery): readonly Opinion[] {
  const isCoach = !overseesPrograms(subject);
  const asked = OPINIONS.filter(
    ({ id }) => (metric === undefined || id === metric) && (!isCoach || TOLD_TO_COACHES.includes(id)),
  );
  if (asked.length === 0)
    throw refused('/metric', 'metric-not-open', `Coaches are told: ${TOLD_TO_COACHES.join(', ')}.`);
  if (dimension === undefined) return asked;
  const notOpen = (detail: string) => refused('/dimension', 'dimension-not-open', detail);
  if (isCoach && dimension !== COACH) throw notOpen('Coaches are told the total, and by coach their own.');
  if (dimension === COACH && !isCoach && !hasRole(subject, 'hr', 'program-admin'))
    throw notOpen('By coach it is told to hr and program-admin, and to coaches of themselves.');
  const open = asked.filter((opinion) => OpinionReport.dimensionsOf(opinion).includes(dimension));
  if (open.length > 0) return open;
  throw notOpen(
    dimension === COACH
      ? 'By coach only satisfaction is told.'
      : 'theme-share is told by theme alone, as its items, and rematch-offers in total.',
  );
}

/** @throws RefusedError 400 */
function basisOpen({ basis }: PeriodQuery): void {
  if (basis !== 'occurredAt')
    throw refused('/basis', 'basis-not-open', 'Opinions can be asked for by occurredAt only.');
}

const besideOf = (programId: string): Columns<Said> => ({
  dimension: ({ dimension }) => dimension,
  programId: () => programId,
});

const rowsOf = (
  report: OpinionReport,
  opinions: readonly Opinion[],
  period: Period,
  dimension: string | undefined,
): OpinionShown[] =>
  opinions.flatMap((opinion) => report.rows(opinion, report.itemsOf(opinion), period, dimension));
