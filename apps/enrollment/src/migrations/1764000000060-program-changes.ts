import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A programme keeps its changes with the days from which they hold; what was changed before counts from the beginning. */
export class ProgramChanges1764000000060 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `UPDATE programs SET state = state || jsonb_build_object('created', state->'values', 'changes', '[]'::jsonb)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`UPDATE programs SET state = state - 'created' - 'changes'`);
  }
}
