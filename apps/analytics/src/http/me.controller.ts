import { RefusedError } from '@cairn/decider';
import { notFound, type Columns } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { factsOfPeople, peopleOfCoach } from '../reading/facts.js';
import type { Snapshot } from '../reading/snapshot.js';
import { Snapshots } from '../reading/snapshots.js';
import { historyOf, type Participant } from '../reports/as-of/view.js';
import { participantShown, type ParticipantShown } from '../reports/people-pages.js';
import { PARTICIPANT_COLUMNS } from './columns.js';
import { AsOfQuery } from './queries.js';
import { told } from './told.js';

type OwnParticipation = ParticipantShown & { readonly programId: string };

const COLUMNS: Columns<OwnParticipation> = {
  programId: ({ programId }) => programId,
  ...PARTICIPANT_COLUMNS,
};

/** What a coachee sees of themselves, and a coach of their own coachees: the same facts that HR sees of them. */
@ApiTags('own')
@Controller('v1/me')
export class MeController {
  constructor(private readonly snapshots: Snapshots) {}

  @Get('participation')
  @Roles('coachee')
  @ApiOperation({ summary: 'My own part in every programme: status, sessions, goals, signals' })
  participation(@CurrentSubject() subject: Subject, @Query() query: AsOfQuery) {
    return this.snapshots.read(query, async (snapshot) => {
      const { personId } = subject;
      if (personId === undefined) throw new RefusedError(notFound('participation'));
      const items = await this.shown(snapshot, subject, [personId], () => true);
      return told(snapshot, 'participation', COLUMNS, { items });
    });
  }

  @Get('coachees')
  @Roles('coach')
  @ApiOperation({ summary: 'The coachees whom I coach now: status, sessions, goals, signals' })
  coachees(@CurrentSubject() subject: Subject, @Query() query: AsOfQuery) {
    return this.snapshots.read(query, async (snapshot) => {
      const { coachId, tenantId } = subject;
      if (coachId === undefined) throw new RefusedError(notFound('coach'));
      const people = await peopleOfCoach(snapshot.client, tenantId, coachId);
      const items = await this.shown(snapshot, subject, people, ({ matches }) =>
        matches.some((match) => match.status === 'active' && match.coachId === coachId),
      );
      return told(snapshot, 'coachees', COLUMNS, { items });
    });
  }

  private async shown(
    { client, moment }: Snapshot,
    { tenantId }: Subject,
    people: readonly string[],
    keep: (participant: Participant) => boolean,
  ): Promise<OwnParticipation[]> {
    const programs = await factsOfPeople(client, tenantId, people);
    return programs.flatMap((facts) => {
      const view = historyOf(facts)(moment);
      return (view?.participants ?? []).filter(keep).map((participant) => ({
        programId: view!.program.programId,
        ...participantShown(participant, view!, true),
      }));
    });
  }
}
