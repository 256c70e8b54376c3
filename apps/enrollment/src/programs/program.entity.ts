import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ProgramState } from './program.decider.js';

/** A programme's state as its decider folds it, and its places. */
@Entity('programs')
export class ProgramEntity {
  @PrimaryColumn('uuid', { name: 'program_id' })
  programId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  /** The version of the stream `program-<id>`. */
  @Column('integer')
  version!: number;

  @Column('jsonb')
  state!: Extract<ProgramState, { status: 'created' }>;

  @Column('integer')
  capacity!: number;

  /** What may be taken: the capacity, or what was taken already when it was lowered. */
  @Column('integer')
  ceiling!: number;

  @Column('integer', { name: 'places_taken' })
  placesTaken!: number;

  /** When the latest place became free. */
  @Column('timestamptz', { name: 'free_since', nullable: true })
  freeSince!: Date | null;

  @Column('bigint', { name: 'next_in_queue' })
  nextInQueue!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
