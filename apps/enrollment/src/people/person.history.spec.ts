import { describe, expect, it } from '@jest/globals';
import type { DirectoryPerson } from './import/directory.js';
import { changeEvent, leftEvent, type PersonEvent } from './import/events.js';
import { asOn, historyAfter, noHistory, type PendingChange, type Standing } from './person.history.js';

const first: Standing = {
  level: 'individual',
  department: 'Making',
  position: 'Operator',
  location: null,
  onLeave: false,
};
const known: DirectoryPerson = {
  key: 'employee:E1',
  givenName: 'Per',
  familyName: 'Quist',
  email: null,
  managerKey: null,
  hiredOn: '2015-01-01',
  leftOn: null,
  leavingReason: null,
  engagementScore: null,
  performanceRating: null,
  ...first,
};
const when = (on: string) => ({ on, dateBasis: 'snapshot' as const });

/** What a person is after these changes, and what is known of their time. */
function lived(...changes: [PersonEvent[], Partial<Standing>][]) {
  let now: Standing = first;
  let history = noHistory;
  for (const [events, some] of changes) {
    const before = now;
    now = { ...now, ...some };
    const after: DirectoryPerson = { ...known, ...now };
    const change: PendingChange = { key: 'employee:E1', before, after, events };
    history = historyAfter(history, change, () => 'm');
  }
  return (day: string) => asOn(now, history, day);
}

describe('a person as of a day', () => {
  const on = lived(
    [
      [changeEvent('moved', when('2019-06-30')), changeEvent('levelUp', when('2019-06-30'))],
      { level: 'manager', department: 'Numbers', position: 'Manager' },
    ],
    [[changeEvent('onLeave', when('2019-09-30'))], { onLeave: true }],
    // Told last, in force first.
    [[changeEvent('moved', when('2019-05-31'))], { location: 'North' }],
    [[changeEvent('returned', when('2019-12-31'))], { onLeave: false }],
  );

  it('is as they are now, once all has happened', () =>
    expect(on('2019-12-31')).toEqual({
      level: 'manager',
      department: 'Numbers',
      position: 'Manager',
      location: 'North',
      onLeave: false,
    }));
  it('is without what changed later', () => {
    expect(on('2019-12-30')).toMatchObject({ onLeave: true, level: 'manager' });
    expect(on('2019-06-30')).toMatchObject({ onLeave: false, level: 'manager', department: 'Numbers' });
    expect(on('2019-06-29')).toMatchObject({ level: 'individual', department: 'Making', location: 'North' });
  });
  it('is as the first file had them, before it', () => expect(on('2010-01-01')).toEqual(first));

  it('was on leave until they left', () => {
    const gone = lived(
      [[changeEvent('onLeave', when('2019-03-31'))], { onLeave: true }],
      [[leftEvent(when('2019-04-30'))], { onLeave: false }],
    );
    expect([gone('2019-03-30'), gone('2019-04-29')].map(({ onLeave }) => onLeave)).toEqual([false, true]);
  });

  it('whose record is from before this was kept, is as they are now', () => {
    const { changes: _, ...old } = noHistory;
    expect(asOn(first, old, '2010-01-01')).toEqual(first);
  });
});
