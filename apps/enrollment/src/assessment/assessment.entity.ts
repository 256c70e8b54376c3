import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Uncounted } from './assessment.commands.js';
import type { AssessmentState } from './assessment.decider.js';
import type { Category } from './assessment.events.js';

/** An assessment's state as its decider folds it, with the columns that are searched for and what is counted of answers. */
@Entity('assessments')
export class AssessmentEntity {
  @PrimaryColumn('uuid', { name: 'assessment_id' })
  assessmentId!: string;

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

  /** The version of the stream `assessment-<id>`; an answer is no event and does not move it. */
  @Column('integer')
  version!: number;

  @Column('text')
  status!: AssessmentState['status'];

  @Column('jsonb')
  state!: AssessmentState;

  /** How many have answered, by category. */
  @Column('jsonb')
  answered!: Readonly<Partial<Record<Category, number>>>;

  /** Answers that no event has told yet, by day. */
  @Column('jsonb')
  uncounted!: readonly Uncounted[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

/** Who is asked. What they answered is in no row that leads here. */
@Entity('assessment_raters')
export class RaterEntity {
  @PrimaryColumn('uuid', { name: 'rater_id' })
  raterId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  @Column('uuid', { name: 'assessment_id' })
  assessmentId!: string;

  @Column('text')
  category!: Category;

  /** Null for somebody from outside. */
  @Column('uuid', { name: 'person_id', nullable: true })
  personId!: string | null;

  /** Forgotten when answering is over. */
  @Column('boolean')
  answered!: boolean;

  /** SHA-256 of the token of the present link; the token itself is kept nowhere. */
  @Column('bytea', { name: 'token_hash', nullable: true })
  tokenHash!: Buffer | null;
}
