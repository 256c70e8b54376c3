import type { Transaction } from '../transact.js';
import { idsOf, lockPeople, personIdOf, personStream, writePeople } from './directory.rows.js';
import { employeeIdOf, isPlaceholder, type PersonKey } from './import/directory.js';
import type { PersonEvent as ToldByFile } from './import/events.js';
import type { PersonEvent } from './person.events.js';
import { historyAfter, noHistory, type PendingChange, type PersonHistory } from './person.history.js';

/** Writes changes of people and their events, in the order of the keys. */
export async function applyChanges(tx: Transaction, changes: readonly PendingChange[]): Promise<void> {
  const { client, identity } = tx;
  const { tenantId } = identity;
  const known = await lockPeople(
    client,
    tenantId,
    changes.map(({ key }) => key),
  );
  const named = new Set<PersonKey>();
  for (const { after, events } of changes) {
    if (after.managerKey) named.add(after.managerKey);
    for (const { data } of events) if ('managerKey' in data && data.managerKey) named.add(data.managerKey);
  }
  const ids = await idsOf(client, tenantId, [...named]);
  // A manager may enter with a later part: their id is known before they are.
  const idOf = (key: PersonKey) => known.get(key)?.person_id ?? ids.get(key) ?? personIdOf(tenantId, key);

  const rows = changes.map((change) => {
    const { key, after, events } = change;
    const before = known.get(key);
    const personId = idOf(key);
    const version = before?.version ?? 0;
    tx.append(
      personStream(personId),
      events.map((event) => storedEvent(event, personId, idOf)),
      version,
    );
    return {
      person_id: personId,
      tenant_id: tenantId,
      person_key: key,
      employee_id: employeeIdOf(key),
      given_name: after.givenName,
      family_name: after.familyName,
      email: after.email,
      department: after.department,
      position: after.position,
      location: after.location,
      level: after.level,
      manager_id: after.managerKey && idOf(after.managerKey),
      hired_on: after.hiredOn,
      on_leave: after.onLeave,
      left_on: after.leftOn,
      leaving_reason: after.leavingReason,
      engagement_score: after.engagementScore,
      performance_rating: after.performanceRating,
      version: version + events.length,
      history: historyAfter((before?.history as PersonHistory | undefined) ?? noHistory, change, idOf),
      completed: !isPlaceholder(key),
    };
  });
  if (rows.length > 0) await writePeople(client, rows);
}

/** An event with ids for keys, at the beginning of its day. */
function storedEvent(event: ToldByFile, personId: string, idOf: (key: PersonKey) => string): PersonEvent {
  const { type, on, data } = event;
  const occurredAt = `${on}T00:00:00.000Z`;
  if (!('managerKey' in data)) return { type, occurredAt, data: { personId, ...data } } as PersonEvent;
  const { managerKey, ...rest } = data;
  const managerId = managerKey ? idOf(managerKey) : managerKey;
  return { type, occurredAt, data: { personId, ...rest, managerId } } as PersonEvent;
}
