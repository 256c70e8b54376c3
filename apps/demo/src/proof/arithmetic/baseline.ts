import type { Day } from '../../days.js';
import type { FeedEvent } from '../feed.js';

export interface Team {
  team: number;
  left: number;
  leftVoluntarily: number;
}

/**
 * The manager baseline from the people's events: who was employed on the first day and left in the period, in all and by
 * their manager, where that one was there too.
 */
export function recomputeBaseline(
  all: readonly FeedEvent[],
  from: Day,
  to: Day,
): { totals: Team; managers: ReadonlyMap<string, Team> } {
  const left = new Map<string, Day>();
  const wished = new Set<string>();
  for (const { name, data } of all) {
    if (name === 'PersonLeft') left.set(data.personId, data.leftOn);
    if (name === 'LeavingReasonRecorded' && data.reason === 'voluntary') wished.add(data.personId);
  }
  const there = new Set(
    all
      .filter(({ name, data }) => {
        if (name !== 'PersonAdded') return false;
        return data.placeholder || (data.startedOn <= from && (left.get(data.personId) ?? '9') >= from);
      })
      .map(({ data }) => data.personId),
  );
  const totals: Team = { team: 0, left: 0, leftVoluntarily: 0 };
  const managers = new Map<string, Team>();
  for (const { name, data } of all) {
    if (name !== 'PersonAdded' || data.placeholder || !there.has(data.personId)) continue;
    const on = left.get(data.personId) ?? '9';
    const teams = [totals];
    if (there.has(data.managerId)) {
      const own = managers.get(data.managerId) ?? { team: 0, left: 0, leftVoluntarily: 0 };
      managers.set(data.managerId, own);
      teams.push(own);
    }
    for (const each of teams) {
      each.team++;
      if (on > to) continue;
      each.left++;
      if (wished.has(data.personId)) each.leftVoluntarily++;
    }
  }
  return { totals, managers };
}
