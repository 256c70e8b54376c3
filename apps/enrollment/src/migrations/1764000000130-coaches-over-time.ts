import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a coach is reassessed: after the third engagement that sessions says is complete, and a year after the latest time. */
export class CoachesOverTime1764000000130 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE coaches ADD COLUMN reassessed_at timestamptz;
      CREATE TABLE completed_engagements (
        engagement_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        coach_id uuid NOT NULL,
        completed_at timestamptz NOT NULL
      );
      CREATE INDEX completed_engagements_of_coach ON completed_engagements (coach_id, completed_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE completed_engagements');
    await queryRunner.query('ALTER TABLE coaches DROP COLUMN reassessed_at');
  }
}
