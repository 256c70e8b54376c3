import type { ReceivedContract } from '@cairn/contracts';
import { rowWriter, type Row } from '@cairn/projections';
import type { ClientBase } from 'pg';

type Client = Pick<ClientBase, 'query'>;

const TABLE = 'shown_v1';
const write = rowWriter({
  name: TABLE,
  key: ['tenant_id', 'person_id', 'day', 'role', 'what'],
  columns: { tenant_id: 'uuid', person_id: 'uuid', day: 'date', role: 'text', what: 'text' },
});

/** Whom the other services showed by name: a row for each person, day, role and kind of page, however often it is told. */
export const shown = {
  table: TABLE,
  version: 1,
  ddl: `CREATE TABLE ${TABLE} (
  tenant_id uuid NOT NULL,
  person_id uuid NOT NULL,
  day date NOT NULL,
  role text COLLATE "C" NOT NULL,
  what text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, person_id, day, role, what)
)`,
  indexes: '',

  async add(client: Client, events: readonly ReceivedContract[]): Promise<void> {
    const rows = new Map<string, Row>();
    for (const { name, data, envelope } of events) {
      if (name !== 'PeopleShown' && name !== 'SessionsShown' && name !== 'GoalsShown') continue;
      for (const personId of data.personIds) {
        const row = [envelope.tenantid, personId, data.on, data.role, data.what];
        rows.set(row.join(' '), row);
      }
    }
    await write(client, [...rows.values()]);
  },
};
