import { describe, expect, it } from '@jest/globals';
import type { DirectoryPerson } from './import/directory.js';
import { added } from './import/changes.js';
import { changeEvent, leftEvent, reasonEvent, type PersonEvent } from './import/events.js';
import { row } from './import/fixtures/given.js';
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

it('keeps the days of promotions to people manager, which proposals ask for', () => {
  const promoted = (on: string): PendingChange => ({
    key: 'employee:E1',
    before: first,
    after: known,
    events: [changeEvent('promotedToManager', when(on))],
  });
  const once = historyAfter(noHistory, promoted('2019-06-30'), () => 'm');
  expect(historyAfter(once, promoted('2021-02-28'), () => 'm').promotions).toEqual([
    '2019-06-30',
    '2021-02-28',
  ]);
});

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

  describe('of which something was told late', () => {
    const moved = (on: string, department: string): [PersonEvent[], Partial<Standing>] => [
      [changeEvent('moved', when(on))],
      { department },
    ];
    it('is what was told last, from the day on which that came into force', () => {
      const back = lived(moved('2019-03-31', 'B'), moved('2019-03-01', 'C'));
      expect(
        ['2019-02-28', '2019-03-01', '2019-03-30', '2019-03-31'].map((day) => back(day).department),
      ).toEqual(['Making', 'C', 'C', 'C']);
    });
    it('is as before that, though two files told of one day', () => {
      const twice = lived(moved('2019-03-31', 'B'), moved('2019-03-31', 'C'));
      expect(['2019-03-30', '2019-03-31'].map((day) => twice(day).department)).toEqual(['Making', 'C']);
    });
  });

  it('has the manager who was told last, from the day on which they lead them', () => {
    const links = ['2019-03-31', '2019-06-30', '2019-03-01'].reduce(
      (history, on, index) =>
        historyAfter(
          history,
          {
            key: 'employee:E1',
            before: first,
            after: known,
            events: [changeEvent('managerChanged', when(on), { managerKey: `employee:M${index}` })],
          },
          (key) => key,
        ),
      noHistory,
    ).managerLinks;
    expect(links).toEqual([{ managerId: 'employee:M2', from: '2019-03-01' }]);
  });

  it('was on leave until they left', () => {
    const gone = lived(
      [[changeEvent('onLeave', when('2019-03-31'))], { onLeave: true }],
      [[leftEvent(when('2019-04-30'))], { onLeave: false }],
    );
    expect([gone('2019-03-30'), gone('2019-04-29')].map(({ onLeave }) => onLeave)).toEqual([false, true]);
  });

  it('was not on leave before the first file that says so', () => {
    const change = added(row('E1', { standing: 'onLeave' }), null, '2019-03-31');
    const history = historyAfter(noHistory, change, () => 'm');
    expect(['2019-03-30', '2019-03-31'].map((day) => asOn(change.after, history, day).onLeave)).toEqual([
      false,
      true,
    ]);
  });

  it('whose record is from before this was kept, is as they are now', () => {
    const { changes: _, ...old } = noHistory;
    expect(asOn(first, old, '2010-01-01')).toEqual(first);
  });
});

describe('the employments of a person', () => {
  /** After these events, one file each. */
  const after = (...files: PersonEvent[][]) =>
    files.reduce(
      (history, events) =>
        historyAfter(history, { key: 'employee:E1', before: first, after: known, events }, () => 'm'),
      historyAfter(noHistory, added(row('E1'), null, '2019-01-31'), () => 'm'),
    ).employments;
  const hired = { start: '2015-01-01', end: null, leavingReason: null };
  const left = [leftEvent(when('2019-03-31')), reasonEvent('2019-03-31', 'voluntary')];

  it('go on when they come back from leave', () => {
    const back = after(
      [changeEvent('onLeave', when('2019-03-31'))],
      [changeEvent('returned', when('2019-06-30'))],
    );
    expect(back).toEqual([hired]);
  });
  it('are one more when they come back after leaving', () => {
    expect(after(left, [changeEvent('returned', when('2019-06-30'))])).toEqual([
      { ...hired, end: '2019-03-31', leavingReason: 'voluntary' },
      { ...hired, start: '2019-06-30' },
    ]);
  });
  it('end for no reason until one is told for that day', () => {
    expect(after(left, [leftEvent(when('2019-03-01'))])).toEqual([{ ...hired, end: '2019-03-01' }]);
  });
});
