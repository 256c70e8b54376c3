import type { Pool } from 'pg';

/**
 * Has PostgreSQL refuse the first write to these rows, with a fault of the deployment's: whoever writes does not try again
 * within what they do, but begins it anew from what caused it.
 * @param when a condition on `NEW`, as of CREATE TRIGGER
 * @returns whether it has been refused
 */
export async function refuseOnce(pool: Pool, table: string, when: string): Promise<() => Promise<boolean>> {
  // A sequence counts on where a transaction is rolled back.
  await pool.query(`
    DROP FUNCTION IF EXISTS refuse_once CASCADE;
    DROP SEQUENCE IF EXISTS refusals;
    CREATE SEQUENCE refusals;
    CREATE FUNCTION refuse_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF nextval('public.refusals') = 1 THEN
        RAISE EXCEPTION 'refused once' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse_once BEFORE INSERT OR UPDATE ON ${table}
      FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION refuse_once()`);
  return async () => {
    const { rows } = await pool.query<{ refused: boolean }>('SELECT is_called AS refused FROM refusals');
    return rows[0]!.refused;
  };
}

/**
 * As `refuseOnce`, of every such change of a row, until what this answers with is called.
 * @param when a condition on `OLD` and `NEW`
 */
export async function refuseUntil(pool: Pool, table: string, when: string): Promise<() => Promise<void>> {
  await pool.query(`
    CREATE FUNCTION refuse_until() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'refused for now' USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER refuse_until BEFORE UPDATE ON ${table}
      FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION refuse_until()`);
  return async () => void (await pool.query('DROP FUNCTION refuse_until CASCADE'));
}
