import type { PersonChange } from './changes.js';
import type { Directory, DirectoryPerson, PersonKey } from './directory.js';
import { isPlaceholder } from './directory.js';
import { changeEvent, inOrder, type When } from './events.js';

/**
 * The changes, and with them who becomes a people manager by them: a person known before who led nobody who was
 * current, and now leads somebody. From the day on which the first of these came to them.
 *
 * A first file tells no promotions (it shows people as they are), and somebody added as a manager was not promoted.
 */
export function withPromotions(
  directory: Directory,
  changes: ReadonlyMap<PersonKey, PersonChange>,
): ReadonlyMap<PersonKey, PersonChange> {
  const led = new Set<PersonKey>();
  for (const { leftOn, managerKey } of directory.people.values())
    if (leftOn === null && managerKey) led.add(managerKey);
  const since = new Map<PersonKey, When>();
  for (const change of changes.values()) {
    const { after } = change;
    const manager = after.leftOn === null ? after.managerKey : null;
    if (!manager || led.has(manager)) continue;
    const came = cameUnder(change, directory.people.get(manager));
    const known = since.get(manager);
    if (!known || came.on < known.on || (came.on === known.on && came.dateBasis === 'column'))
      since.set(manager, came);
  }
  const result = new Map(changes);
  for (const [key, when] of since) {
    const before = directory.people.get(key);
    const change = changes.get(key);
    if (!before || isPlaceholder(key) || (change?.after ?? before).leftOn !== null) continue;
    const events = inOrder([...(change?.events ?? []), changeEvent('promotedToManager', when)]);
    const changed = [...(change?.changed ?? []), 'promotedToManager'];
    result.set(key, { key, before, after: change?.after ?? before, events, changed });
  }
  return result;
}

/** From when somebody who is new to a team is in it: not before their manager's own start. */
function cameUnder({ before, after, events }: PersonChange, manager: DirectoryPerson | undefined): When {
  if (!before) {
    const on = manager?.hiredOn && manager.hiredOn > after.hiredOn! ? manager.hiredOn : after.hiredOn!;
    return { on, dateBasis: 'column' };
  }
  for (const kind of ['managerChanged', 'returned']) {
    const event = events.find((each) => each.type === 'PersonChanged' && each.data.kind === kind);
    if (event?.type === 'PersonChanged') return { on: event.on, dateBasis: event.data.dateBasis };
  }
  throw new Error(`${after.key} is new to a team without an event that says so`);
}
