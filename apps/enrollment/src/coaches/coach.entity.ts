import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CoachState } from './coach.decider.js';

/** A coach's state as its decider folds it, and what events never say: name, address and conflicts of interest. */
@Entity('coaches')
export class CoachEntity {
  @PrimaryColumn('uuid', { name: 'coach_id' })
  coachId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  /** The customer's own reference, unique in the tenant; ties are broken by it. */
  @Column('text', { name: 'external_ref' })
  externalRef!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  /** Set for an internal coach. */
  @Column('uuid', { name: 'person_id', nullable: true })
  personId!: string | null;

  /** Employee ids of people whom this coach never coaches. */
  @Column('jsonb')
  conflicts!: readonly string[];

  /** The version of the stream `coach-<id>`. */
  @Column('integer')
  version!: number;

  @Column('text')
  status!: CoachState['status'];

  @Column('jsonb')
  state!: CoachState;

  @Column('integer')
  capacity!: number;

  @Column('integer')
  ceiling!: number;

  /** Matches that hold a place: those proposed and those active. */
  @Column('integer', { name: 'places_taken' })
  placesTaken!: number;

  @Column('timestamptz', { name: 'reassessed_at', nullable: true })
  reassessedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
