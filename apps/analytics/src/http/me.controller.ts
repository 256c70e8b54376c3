import { RefusedError } from '@cairn/decider';
import { notFound, type Columns, Versioned } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { factsOfPeople, peopleOfCoaches } from '../reading/facts.js';
import type { Snapshot } from '../reading/snapshot.js';
import { Snapshots } from '../reading/snapshots.js';
import { historyOf, type Participant } from '../reports/as-of/view.js';
import { participantShown, type ParticipantShown } from '../reports/people-pages.js';
import { PARTICIPANT_COLUMNS } from './columns.js';
import { datedListing, PagedQuery } from './queries.js';
import { told } from './told.js';

type OwnParticipation = ParticipantShown & { readonly programId: string };

const COLUMNS: Columns<OwnParticipation> = {
  programId: ({ programId }) => programId,
  ...PARTICIPANT_COLUMNS,
};

const LISTS = { participation: datedListing('my-participation'), coachees: datedListing('my-coachees') };

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
  @ApiOperation({ summary: 'The coachees whom I coach now: status, sessions, goals, signals' })
  coachees(@CurrentSubject() subject: Subject, @Query() query: PagedQuery) {
    const { coachId, tenantId } = subject;
    if (coachId === undefined) throw new RefusedError(notFound('coach'));
    return this.page(
      'coachees',
      subject,
      query,
      ({ client }) => peopleOfCoaches(client, tenantId, [coachId]),
      ({ matches }) => matches.some((match) => match.status === 'active' && match.coachId === coachId),
    );
  }

  /** The parts of these people in any programme, by enrolment. */
  private page(
    name: keyof typeof LISTS,
    { tenantId }: Subject,
    query: PagedQuery,
    peopleIn: (snapshot: Snapshot) => Promise<readonly string[]>,
    keep: (participant: Participant) => boolean,
  ) {
    return this.snapshots.read(LISTS[name].asOf(query), async (snapshot) => {
      const programs = await factsOfPeople(snapshot.client, tenantId, await peopleIn(snapshot));
      const parts = programs.flatMap((facts) => {
        const view = historyOf(facts)(snapshot.moment);
        return (view?.participants ?? []).filter(keep).map((participant) => ({
          programId: view!.program.programId,
          ...participantShown(participant, view!, true),
        }));
      });
      const idOf = ({ enrollmentId }: OwnParticipation) => enrollmentId;
      parts.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
      return told(snapshot, name, COLUMNS, {}, LISTS[name].page(snapshot, query, parts, idOf));
    });
  }
}
