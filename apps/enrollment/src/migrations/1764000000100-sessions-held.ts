import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which sessions were held: after the third the coachee is asked about the programme. */
export class SessionsHeld1764000000100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Of what was heard before, held and forfeited ones cannot be told apart; asking a little early does no harm.
    await queryRunner.query(`
      ALTER TABLE known_sessions ADD COLUMN held boolean NOT NULL DEFAULT false;
      UPDATE known_sessions SET held = true WHERE unit = 'used';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE known_sessions DROP COLUMN held');
  }
}
