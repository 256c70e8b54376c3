import { RefusedError } from '@cairn/decider';
import { Id, type Columns, Versioned } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Snapshots } from '../reading/snapshots.js';
import { listed, type Reader } from '../reports/access.js';
import { isUnderWay } from '../reports/as-of/enrollment-at.js';
import type { Participant, ProgramView } from '../reports/as-of/view.js';
import { betweenSessionsShown, coachOf, participantShown } from '../reports/people-pages.js';
import { VisibilityLog, type Looked } from '../visibility/visibility-log.js';
import type { ProgramReport } from '../reports/report.js';
import { BETWEEN_COLUMNS, PARTICIPANT_COLUMNS } from './columns.js';
import { programAnswer } from './program-answer.js';
import { datedListing, PagedQuery, PeopleQuery } from './queries.js';

const LISTS = {
  participants: datedListing('participants'),
  'between-sessions': datedListing('between-sessions'),
};

const LOOKED: Readonly<Record<keyof typeof LISTS, Looked>> = {
  participants: 'participation',
  'between-sessions': 'between-sessions',
};

type Shown<Row> = (participant: Participant, view: ProgramView, reader: Reader) => Row;

/** Single people of a programme: participation, signals with reasons; never content. */
@ApiTags('people')
@Versioned()
@Controller('v1/programs/:programId')
export class PeopleController {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly reads: VisibilityLog,
  ) {}

  @Get('participants')
  @Roles('hr', 'program-admin', 'manager')
  @ApiOperation({
    summary: 'Who takes part: status, last activity, next session, goals, signals with reasons',
    description:
      'Goals for hr only. A manager sees their direct reports, where the programme says so. Names: GET /enrollment/v1/people?ids=. `lastActivity` is the latest of the activation, the start of a session held, a move or cancellation by either side, and anything done with a goal; a booking alone is none. `signals` come oldest first.',
  })
  participants(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: PeopleQuery,
  ) {
    const { status, cohortId } = query;
    return this.page(
      subject,
      programId,
      query,
      'participants',
      PARTICIPANT_COLUMNS,
      participantShown,
      (each) =>
        (status === undefined || each.enrollment.status === status) &&
        (cohortId === undefined || each.enrollment.cohortId === cohortId),
    );
  }

  @Get('between-sessions')
  @Roles('hr', 'program-admin', 'manager')
  @ApiOperation({
    summary: 'What happens between sessions, for everybody under way',
    description:
      'Days since the last session held and to the next, practice, goal movement (hr only), signals with reasons, and what to do. `practice.committed` and `reported`, and `movement.forward`, `steady` and `back` (check-ins), count since the start of the last session held, or since the activation where none was; `practice.overdue` counts all that are past their day and not reported, `movement.goals` the goals agreed and open, and `movement.last` is how the latest check-in of all went. `suggestedAction` is that of the oldest signal.',
  })
  betweenSessions(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: PagedQuery,
  ) {
    return this.page(
      subject,
      programId,
      query,
      'between-sessions',
      BETWEEN_COLUMNS,
      betweenSessionsShown,
      ({ enrollment }) => isUnderWay(enrollment),
    );
  }

  private async page<Row>(
    subject: Subject,
    programId: string,
    query: PagedQuery,
    name: keyof typeof LISTS,
    columns: Columns<Row>,
    show: Shown<Row>,
    keep: (participant: Participant) => boolean,
  ) {
    const list = LISTS[name];
    const asked = { ...query, programId };
    const seen: { personId: string; coachId: string | null }[] = [];
    let role: string | undefined;
    const answer = await this.snapshots.read(subject.tenantId, list.asOf(asked), (snapshot) =>
      programAnswer(snapshot, subject, programId, name, columns, (report) => {
        role = report.reader.role;
        return list.page(
          snapshot,
          asked,
          peopleOf(report, subject).filter(keep),
          ({ enrollment }) => enrollment.enrollmentId,
          (participant) => {
            seen.push({ personId: participant.personId, coachId: coachOf(participant) });
            return show(participant, report.view, report.reader);
          },
        );
      }),
    );
    if (role) await this.reads.record(subject, role, LOOKED[name], seen);
    return answer;
  }
}

/** @throws RefusedError 403 for a manager whose programme does not open participation to them */
function peopleOf(report: ProgramReport, { personId: self }: Subject): readonly Participant[] {
  const { reader, view } = report;
  if (!reader.people)
    throw new RefusedError({
      kind: 'forbidden',
      slug: 'participation-not-open',
      detail:
        'This programme does not show managers who takes part. Aggregates are at …/overview and …/metrics.',
    });
  const isListed = listed(reader, self);
  return view.participants.filter(({ personId }) => isListed(report.placesOf(personId), personId));
}
