import { RefusedError } from '@cairn/decider';
import {
  Answer,
  CLOCK,
  Command,
  CommandContext,
  created,
  Ctx,
  Id,
  listing,
  PageQuery,
  type Clock,
} from '@cairn/http';
import { CurrentSubject, readsEverybody, Roles, type Subject } from '@cairn/identity';
import { PersonReads } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource, EntityManager } from 'typeorm';
import type { EnrollmentEntity } from '../../enrollment/enrollment.entity.js';
import type { Nominator } from '../../enrollment/enrollment.events.js';
import { EnrollmentHandler } from '../../enrollment/enrollment.handler.js';
import { PUBLIC_URL, shownTo } from '../../enrollment/http/enrollment.shown.js';
import { keeping } from '../../keeping.js';
import { EVERYTHING, reachOfHr, readsTotals } from '../../people/reach.js';
import { Transactions } from '../../transact.js';
import { dayIn } from '../calendar.js';
import { withoutFigures } from '../eligibility.js';
import { ProgramEntity } from '../program.entity.js';
import { noSuchProgram, noSuchProposal } from '../program.errors.js';
import { proposalsOf, type Proposal } from '../proposals.js';
import { ConfirmProposalDto } from './triggers.dto.js';

const page = listing('proposals.1', { personId: 'id', proposalId: 'id' });

@ApiTags('programmes')
@Controller('v1/programs/:programId/proposals')
export class ProposalsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly enrollments: EnrollmentHandler,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    private readonly reads: PersonReads,
  ) {}

  @Get()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Whom the programme’s triggers propose today, and why',
    description:
      'Nobody who takes part or has taken part, and nobody who was dismissed for the same cause. Of teams it says no more than the manager baseline: to whoever may not see all of them, no figures.',
  })
  async list(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: PageQuery,
  ) {
    const after = page.after(query.cursor);
    const rows = (await this.proposals(subject, programId))
      .filter((each) => after === undefined || inOrder(after, each) < 0)
      .toSorted(inOrder)
      .slice(0, query.limit + 1);
    const shown = page.page(
      rows,
      query.limit,
      ({ personId, proposalId }) => ({ personId, proposalId }),
      shownAs(subject),
    );
    await this.reads.record(subject, 'eligibility', shown.items);
    return shown;
  }

  @Post(':proposalId/confirm')
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Nominate whom a trigger proposes; the nomination says which kind of trigger it was',
  })
  async confirm(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Id('proposalId') proposalId: string,
    @Body() { cohortId }: ConfirmProposalDto,
  ) {
    const { personId, kind } = await this.find(context.subject, programId, proposalId);
    const answer = async (enrollment: EnrollmentEntity, { manager }: { manager: EntityManager }) =>
      created(
        `/enrollment/v1/enrollments/${enrollment.enrollmentId}`,
        await shownTo(manager, context.subject, enrollment, this.publicUrl),
        enrollment.version,
      );
    const by = context.actor.role as Nominator;
    const enrollment = await this.enrollments.nominate(
      context,
      { programId, cohortId, personId, by, history: false, override: false, reason: kind },
      keeping(context, answer),
    );
    return context.completed ?? answer(enrollment, this.dataSource);
  }

  @Post(':proposalId/dismiss')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Not this person for this cause: the proposal does not come back' })
  async dismiss(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Id('proposalId') proposalId: string,
  ) {
    const proposal = await this.find(context.subject, programId, proposalId);
    const shown = shownAs(context.subject)(proposal);
    const { tenantId, actor, now } = context;
    await this.transactions.run(
      context,
      async ({ client }) => {
        await client.query(
          `INSERT INTO dismissed_proposals (program_id, proposal_id, tenant_id, person_id, dismissed_by, dismissed_at)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
          [programId, proposalId, tenantId, proposal.personId, actor.subject, now],
        );
      },
      keeping(context, () => new Answer(shown)),
    );
    return shown;
  }

  private async proposals(subject: Subject, programId: string): Promise<Proposal[]> {
    const { tenantId } = subject;
    const program = await this.dataSource.getRepository(ProgramEntity).findOneBy({ programId, tenantId });
    if (program === null) throw new RefusedError(noSuchProgram());
    const today = dayIn(program.state.values.zone, this.clock.now().toISOString());
    const reach = readsEverybody(subject) ? EVERYTHING : reachOfHr(subject, 'p.person_id');
    return proposalsOf(this.dataSource.manager, program, today, reach);
  }

  private async find(subject: Subject, programId: string, proposalId: string): Promise<Proposal> {
    const found = (await this.proposals(subject, programId)).find((each) => each.proposalId === proposalId);
    if (found === undefined) throw new RefusedError(noSuchProposal());
    return found;
  }
}

type Place = Pick<Proposal, 'personId' | 'proposalId'>;
const placeOf = ({ personId, proposalId }: Place): string => `${personId} ${proposalId}`;
const inOrder = (a: Place, b: Place): number =>
  placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : 0;

/** Figures of whole teams would tell HR that reaches only some of the people of the others. */
const shownAs =
  (subject: Subject) =>
  (proposal: Proposal): Proposal =>
    readsTotals(subject) ? proposal : { ...proposal, why: proposal.why.map(withoutFigures) };
