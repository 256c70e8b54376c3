import { hasRole, type Subject } from '@cairn/identity';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MatchState } from './match.decider.js';

/** Of matches `m`: those that the coach of theirs sees, and the coachee and programme with them. In SQL. */
export const SEEN_BY_COACH = `m.status IN ('proposed', 'active', 'atRisk', 'ended')`;

/** Of matches `m`: those by which their coach sees the enrolment, and whose it is by name: until there is a next one. In SQL. */
export const BY_WHICH_COACH_SEES = `(m.status IN ('proposed', 'active', 'atRisk') OR m.status = 'ended'
  AND NOT EXISTS (SELECT 1 FROM matches n WHERE n.enrollment_id = m.enrollment_id AND n.status IN ('active', 'atRisk', 'ended')
    AND n.state->'from'->>'coachId' = m.coach_id::text))`;

/** A match's state as its decider folds it, with the columns that are searched for. */
@Entity('matches')
export class MatchEntity {
  @PrimaryColumn('uuid', { name: 'match_id' })
  matchId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  @Column('uuid', { name: 'enrollment_id' })
  enrollmentId!: string;

  @Column('uuid', { name: 'program_id' })
  programId!: string;

  @Column('uuid', { name: 'cohort_id' })
  cohortId!: string;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  /** The coach who was proposed or matched last. */
  @Column('uuid', { name: 'coach_id', nullable: true })
  coachId!: string | null;

  /** The command of the bulk run that matched it. */
  @Column('uuid', { name: 'run_id', nullable: true })
  runId!: string | null;

  /** The version of the stream `match-<id>`. */
  @Column('integer')
  version!: number;

  /** How many of its events are asides. */
  @Column('integer')
  asides!: number;

  /** Its version when the coach was asked, asides not counted. */
  @Column('integer', { name: 'before_proposal' })
  beforeProposal!: number;

  @Column('text')
  status!: MatchState['status'];

  @Column('jsonb')
  state!: MatchState;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

export const isCoachOf = (subject: Subject, { coachId }: Pick<MatchEntity, 'coachId'>): boolean =>
  hasRole(subject, 'coach') && subject.coachId !== undefined && subject.coachId === coachId;

/** The version of what the subject may see of a match: to its coach it begins with the proposal. */
export const versionSeenBy = (
  subject: Subject,
  match: Pick<MatchEntity, 'coachId' | 'version' | 'asides' | 'beforeProposal'>,
): number => match.version - match.asides - (isCoachOf(subject, match) ? match.beforeProposal : 0);
