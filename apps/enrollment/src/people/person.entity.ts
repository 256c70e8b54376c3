import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LeavingReason, Level } from './import/mapping.js';
import type { EngagementScore, PerformanceRating } from './import/rows.js';
import { noHistory, type PersonHistory } from './person.history.js';

/** A person as the directory knows them now. Names and addresses stand here and nowhere else in Cairn. Days are 'YYYY-MM-DD'. */
@Entity('people')
export class PersonEntity {
  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  /** Whom imports mean: 'employee:<employee id>', or 'placeholder:<name>' for a manager without an employee record. */
  @Column('text', { name: 'person_key' })
  personKey!: string;

  @Column('text', { name: 'employee_id', nullable: true })
  employeeId!: string | null;

  @Column('text', { name: 'given_name' })
  givenName!: string;

  @Column('text', { name: 'family_name' })
  familyName!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text', { nullable: true })
  department!: string | null;

  @Column('text', { nullable: true })
  position!: string | null;

  @Column('text', { nullable: true })
  location!: string | null;

  @Column('text')
  level!: Level;

  @Column('uuid', { name: 'manager_id', nullable: true })
  managerId!: string | null;

  /** Null for a placeholder, who counts as there before all their reports. */
  @Column('date', { name: 'hired_on', nullable: true })
  hiredOn!: string | null;

  @Column('boolean', { name: 'on_leave' })
  onLeave!: boolean;

  /** Null while the person is current. */
  @Column('date', { name: 'left_on', nullable: true })
  leftOn!: string | null;

  @Column('text', { name: 'leaving_reason', nullable: true })
  leavingReason!: LeavingReason | null;

  /** The latest by survey day and by review day. */
  @Column('jsonb', { name: 'engagement_score', nullable: true })
  engagementScore!: EngagementScore | null;

  @Column('jsonb', { name: 'performance_rating', nullable: true })
  performanceRating!: PerformanceRating | null;

  /** False for a placeholder of whom no more than a name is known; who has been completed can be nominated. */
  @Column('boolean', { default: true })
  completed!: boolean;

  /** Only the manager baseline asks for it. */
  @Column('jsonb', { select: false, default: noHistory })
  history!: PersonHistory;

  /** The version of the stream `person-<id>`. */
  @Column('integer')
  version!: number;
}
