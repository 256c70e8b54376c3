import type { Transaction } from '../transact.js';
import type { Preferences } from './enrollment.events.js';

/** The styles that any coach has, by name; not asked for where nobody wishes for one. */
export async function coachStyles(
  { client, identity }: Transaction,
  { styles }: Pick<Preferences, 'styles'>,
): Promise<string[]> {
  if (styles.length === 0) return [];
  const { rows } = await client.query<{ style: string }>(
    `SELECT DISTINCT jsonb_array_elements_text(state->'profile'->'styles') AS style FROM coaches
      WHERE tenant_id = $1 ORDER BY style`,
    [identity.tenantId],
  );
  return rows.map(({ style }) => style);
}
