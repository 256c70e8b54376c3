import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EnrollmentState, EnrollmentStatus } from './enrollment.state.js';

/** An enrolment's state as its decider folds it, with the columns that are searched for. */
@Entity('enrollments')
export class EnrollmentEntity {
  @PrimaryColumn('uuid', { name: 'enrollment_id' })
  enrollmentId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  @Column('uuid', { name: 'program_id' })
  programId!: string;

  @Column('uuid', { name: 'cohort_id' })
  cohortId!: string;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  /** The version of the stream `enrollment-<id>`. */
  @Column('integer')
  version!: number;

  @Column('text')
  status!: EnrollmentStatus;

  @Column('jsonb')
  state!: EnrollmentState;

  /** Place in the queue while waitlisted. */
  @Column('bigint', { nullable: true })
  queue!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
