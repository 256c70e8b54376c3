import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of a match's version not all of its readers see. What was counted before stays: it tells nothing anew. */
export class VersionsSeen1764000000220 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE matches
        ADD COLUMN asides int NOT NULL DEFAULT 0,
        ADD COLUMN before_proposal int NOT NULL DEFAULT 0
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE matches DROP COLUMN asides, DROP COLUMN before_proposal');
  }
}
