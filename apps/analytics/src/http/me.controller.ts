import { RefusedError } from '@cairn/decider';
import { notFound, type Columns, Versioned } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { coachesKnown, factsOfPeople, peopleOfCoaches } from '../reading/facts.js';
import type { Snapshot } from '../reading/snapshot.js';
import { Snapshots } from '../reading/snapshots.js';
import { historyOf, type Participant } from '../reports/as-of/view.js';
import { coachesShown, type CoachShown } from '../reports/coaches-page.js';
import { asCoachSees, participantShown, type ParticipantShown } from '../reports/people-pages.js';
import { COACH_COLUMNS, PARTICIPANT_COLUMNS } from './columns.js';
import { datedListing, PagedQuery } from './queries.js';
import { told } from './told.js';

type OwnParticipation = ParticipantShown & { readonly programId: string };

const COLUMNS: Columns<OwnParticipation> = {
  programId: ({ programId }) => programId,
  ...PARTICIPANT_COLUMNS,
};

type OwnCoaching = CoachShown & { readonly programId: string };

const COACHING_COLUMNS: Columns<OwnCoaching> = { programId: ({ programId }) => programId, ...COACH_COLUMNS };

const LISTS = {
  participation: datedListing('my-participation'),
  coachees: datedListing('my-coachees'),
  coaching: datedListing('my-coaching'),
};

/** What a coachee sees of themselves, and a coach of their own coachees: the same facts that HR sees of them. */
@ApiTags('own')
@Versioned()
@Controller('v1/me')
export class MeController {
  constructor(private readonly snapshots: Snapshots) {}

  @Get('participation')
  @Roles('coachee')
  @ApiOperation({ summary: 'My own part in every programme: status, sessions, goals, signals' })
  participation(@CurrentSubject() subject: Subject, @Query() query: PagedQuery) {
    const { personId } = subject;
    if (personId === undefined) throw new RefusedError(notFound('participation'));
    return this.page(
      'participation',
      subject,
      query,
      () => Promise.resolve([personId]),
      () => true,
    );
  }

  @Get('coachees')
  @Roles('coach')
  @ApiOperation({
    summary: 'The coachees whom I coach now: status, and of our engagement sessions, goals, signals',
  })
  coachees(@CurrentSubject() subject: Subject, @Query() query: PagedQuery) {
    const { coachId, tenantId } = subject;
    if (coachId === undefined) throw new RefusedError(notFound('coach'));
    return this.page(
      'coachees',
      subject,
      query,
      ({ client }) => peopleOfCoaches(client, tenantId, [coachId]),
      ({ matches }) => matches.some((match) => match.status === 'active' && match.coachId === coachId),
      (participant) => asCoachSees(participant, coachId),
    );
  }

  @Get('coaching')
  @Roles('coach')
  @ApiOperation({
    summary: 'My own figures as a coach, by programme: what HR reads of me, but for rematches',
    description: 'Rematches are left out: one that is asked for is not the former coach’s to know of.',
  })
  coaching(@CurrentSubject() { coachId, tenantId }: Subject, @Query() query: PagedQuery) {
    if (coachId === undefined) throw new RefusedError(notFound('coach'));
    const list = LISTS.coaching;
    return this.snapshots.read(tenantId, list.asOf(query), async (snapshot) => {
      const { client, moment } = snapshot;
      const known = await coachesKnown(client, tenantId, moment, coachId);
      const people = await peopleOfCoaches(client, tenantId, [coachId]);
      const programs = await factsOfPeople(client, tenantId, people);
      const own = programs.flatMap((facts): OwnCoaching[] => {
        const view = historyOf(facts)(moment);
        const shown = view && coachesShown(view, known).find((coach) => coach.coachId === coachId);
        if (!shown) return [];
        const { rematch: _, ...told } = shown;
        return [{ programId: view.program.programId, ...told }];
      });
      const idOf = ({ programId }: OwnCoaching) => programId;
      own.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
      return told(snapshot, 'coaching', COACHING_COLUMNS, {}, list.page(snapshot, query, own, idOf));
    });
  }

  /** The parts of these people in any programme, by enrolment. */
  private page(
    name: 'participation' | 'coachees',
    { tenantId }: Subject,
    query: PagedQuery,
    peopleIn: (snapshot: Snapshot) => Promise<readonly string[]>,
    keep: (participant: Participant) => boolean,
    as: (participant: Participant) => Participant = (participant) => participant,
  ) {
    return this.snapshots.read(tenantId, LISTS[name].asOf(query), async (snapshot) => {
      const programs = await factsOfPeople(snapshot.client, tenantId, await peopleIn(snapshot));
      const parts = programs.flatMap((facts) => {
        const view = historyOf(facts)(snapshot.moment);
        return (view?.participants ?? []).filter(keep).map((participant) => ({
          programId: view!.program.programId,
          ...participantShown(as(participant), view!, { goals: true, coaches: true }),
        }));
      });
      const idOf = ({ enrollmentId }: OwnParticipation) => enrollmentId;
      parts.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
      return told(snapshot, name, COLUMNS, {}, LISTS[name].page(snapshot, query, parts, idOf));
    });
  }
}
