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

type Shown = Extract<ReceivedContract, { name: 'PeopleShown' | 'SessionsShown' | 'GoalsShown' }>;

const isShown = (event: ReceivedContract): event is Shown =>
  event.name === 'PeopleShown' || event.name === 'SessionsShown' || event.name === 'GoalsShown';

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

  concerns: isShown,

  async add(client: Client, events: readonly ReceivedContract[]): Promise<void> {
    const rows = new Map<string, Row>();
    for (const { data, envelope } of events.filter(isShown)) {
      for (const personId of data.personIds) {
        const row = [envelope.tenantid, personId, data.on, data.role, data.what];
        rows.set(row.join(' '), row);
      }
    }
    await write(client, [...rows.values()]);
  },
};
