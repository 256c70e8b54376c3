import { RefusedError } from '@cairn/decider';
import { notFound } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { factsOfPeople } from '../reading/facts.js';
import { Snapshots } from '../reading/snapshots.js';
import { historyOf } from '../reports/as-of/view.js';
import { VisibilityLog } from '../visibility/visibility-log.js';
import { visibleIn } from '../visibility/visible.js';

/** What others can see of somebody, and what they looked at. */
@ApiTags('own')
@Controller('v1/me/visibility')
export class VisibilityController {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly reads: VisibilityLog,
  ) {}

  @Get()
  @Roles('coachee')
  @ApiOperation({
    summary: 'What each role can see of me, by programme, and what was looked at, when and in which role',
    description:
      '`you`: by your name; `if-you-share`: only while you share it; `whole`: of enough people together; `no`: not at all. `looked` holds what was shown of you by name to HR, programme admins, managers and sponsors in the last 90 days: the day (UTC), the role and the kind of page, never who. What enrolment, sessions and goals showed is there seconds later.',
  })
  async visibility(@CurrentSubject() { tenantId, personId }: Subject) {
    if (personId === undefined) throw new RefusedError(notFound('participation'));
    return this.snapshots.read(tenantId, { basis: 'occurredAt' }, async ({ client, now }) => {
      const facts = await factsOfPeople(client, tenantId, [personId]);
      const programs = facts.flatMap((own) => {
        const { program } = historyOf(own)(now) ?? {};
        if (!program) return [];
        const { name, managersSeeParticipation } = program.values;
        return [{ programId: program.programId, name, sees: visibleIn(managersSeeParticipation) }];
      });
      return { programs, looked: await this.reads.of(client, tenantId, personId) };
    });
  }
}
