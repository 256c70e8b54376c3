import { describe, expect, it } from '@jest/globals';
import { capturedOutput } from '../../test/output.js';
import { addDays, instantOf, type Day } from '../days.js';
import type { Planted } from '../casting.js';
import { ZONE, type Coachee, type Programme } from '../programme.js';
import { FAILING, FATES, type Fate } from '../story/cast.js';
import type { FeedEvent } from './feed.js';
import { found } from './planted.js';

const output = capturedOutput();

const programme = { programId: 'g', matchedOn: '2026-01-07', endsOn: '2026-06-30' } as Programme;
const coachee = (name: string) => ({ personId: name, name }) as Coachee;
const SILENT_FROM = '2026-02-02';
const LEFT_ON = '2026-04-01';
const planted = {
  declines: coachee('Dana'),
  pauses: coachee('Pat'),
  leaves: { coachee: coachee('Lee'), on: LEFT_ON },
  silent: { coachee: coachee('Sam'), from: SILENT_FROM },
  sessions: [],
  pulsed: [],
  assessed: [],
  stories: new Map(),
} as unknown as Planted;
/** Of what HR reads, as much as is told against what was planted. */
const read = { matches: { items: [] }, byCohort: { items: [] } };

const NOTHING_TOLD = new Map();

const event = (name: string, personId: string, data: object = {}): FeedEvent => ({
  name,
  at: '2026-01-10T09:00:00.000Z',
  recordedAt: '',
  stream: '',
  data: { personId, ...data },
});
const people = [
  event('InvitationDeclined', 'Dana'),
  event('EnrollmentPaused', 'Pat'),
  event('EnrollmentResumed', 'Pat'),
  event('PersonLeft', 'Lee', { leftOn: LEFT_ON }),
  event('EnrollmentDiscontinued', 'Lee'),
];

/** A Cairn that says from a day on that somebody is silent, or what else. */
const silentSince = (...since: [name: string, day: Day, signal?: string][]) => ({
  list: (path: string) => {
    const asOf = path.slice(path.indexOf('asOf=') + 'asOf='.length);
    const silent = since.filter(([, day]) => asOf > instantOf(day, '00:00', ZONE));
    const items = silent.map(([personId, , signal = 'nothing-booked']) => ({
      personId,
      signals: [{ signal, reason: 'Nothing has been booked.' }],
    }));
    return Promise.resolve({ items });
  },
});
const after = (days: number): [string, Day] => ['Sam', addDays(SILENT_FROM, days)];
const inTime = silentSince(after(21));

describe('the silent coachee', () => {
  const isFound = (...since: [string, Day][]) =>
    found(silentSince(...since), people, read, NOTHING_TOLD, programme, planted);

  it('has to be found within 28 days', async () => {
    expect(await isFound(after(28))).toBe(true);
    expect(output()).toContain('the first signal came 28 days later, on 2026-03-02');
    expect(await isFound(after(29))).toBe(false);
    expect(output()).toContain('that is more than 28 days');
  });
  it('has to be found at all', async () => {
    expect(await isFound()).toBe(false);
    expect(output()).toContain('Sam went silent after 2026-02-02, and no signal said so');
  });
  it('is no false alarm; somebody else is', async () => {
    expect(await isFound(after(21), ['Alex', '2026-03-01'], ['Kim', '2026-04-01'])).toBe(true);
    expect(output()).toContain('false alarms of silence, looked for every week: 2\n');
  });
});

it('whose raters never answer has to be found by a pulse that is overdue; somebody else is told of', async () => {
  const isFound = (...overdue: string[]) =>
    found(
      silentSince(
        after(21),
        ...overdue.map((name) => [name, '2026-02-03', 'pulse-overdue'] as [string, Day, string]),
      ),
      people,
      read,
      NOTHING_TOLD,
      programme,
      { ...planted, unheard: coachee('Una') },
    );
  expect(await isFound('Una', 'Alex')).toBe(true);
  expect(output()).toContain('those of Una; a pulse is overdue, said first on 2026-02-04');
  expect(output()).toContain('overdue of others, looked for every week: 1\n');
  expect(await isFound('Alex')).toBe(false);
  expect(output()).toContain('but Cairn has no word of it');
});

it.each([
  ['InvitationDeclined', 'declines the invitation: Dana; but Cairn has no word of it'],
  ['EnrollmentPaused', 'pauses, and comes back: Pat; but Cairn has no word of it'],
  ['EnrollmentResumed', 'pauses, and comes back: Pat; but Cairn has no word of it'],
  ['PersonLeft', 'leaves the company: Lee, 2026-04-01; but Cairn has them still there'],
  [
    'EnrollmentDiscontinued',
    'leaves the company: Lee, 2026-04-01; but Cairn has them still there, or their enrolment open',
  ],
])('who was planted has to be found: without %s, "%s"', async (missing, says) => {
  expect(await found(inTime, people, read, NOTHING_TOLD, programme, planted)).toBe(true);
  expect(output()).not.toContain('but Cairn has');
  expect(
    await found(
      inTime,
      people.filter(({ name }) => name !== missing),
      read,
      NOTHING_TOLD,
      programme,
      planted,
    ),
  ).toBe(false);
  expect(output()).toContain(says);
});

describe('a planted session', () => {
  const session = (name: string, data: object = {}) => event(name, 'Kim', { sessionId: 's', ...data });
  const booked = session('SessionScheduled', { startsAt: '2026-02-10T09:00:00.000Z' });
  const cancelled = (by: string, late: boolean) =>
    session('SessionCancelled', { by, late, forfeited: false });
  const completed = session('SessionCompleted', { auto: false });
  const missed = (party: string) => session('NoShowRecorded', { party, forfeited: false });
  const moved = (by: string) =>
    session('SessionRescheduled', { by, to: { startsAt: '2026-02-12T09:00:00.000Z' } });
  const toldAs: Readonly<Record<Exclude<Fate, 'held'>, FeedEvent[]>> = {
    [FAILING]: [moved('coach'), cancelled('coach', true)],
    'moved by the coachee': [moved('coachee'), completed],
    'moved by the coach': [moved('coach'), completed],
    'cancelled late by the coachee': [cancelled('coachee', true)],
    'cancelled late by the coach': [cancelled('coach', true)],
    'cancelled in time by the coachee': [cancelled('coachee', false)],
    'cancelled in time by the coach': [cancelled('coach', false)],
    'missed by the coachee': [missed('coachee')],
    'missed by the coach': [missed('coach')],
    'disputed and corrected': [
      missed('coachee'),
      session('SessionDisputed'),
      session('OutcomeCorrected', { to: 'completed', forfeited: false }),
    ],
    'confirmed by a rating alone': [session('SessionCompleted', { auto: true })],
    'confirmed by nobody': [session('SessionUnconfirmed')],
  };
  const isFound = (fate: Fate, ...told: FeedEvent[]) =>
    found(inTime, [...people, ...told], read, NOTHING_TOLD, programme, {
      ...planted,
      sessions: [{ coachee: coachee('Kim'), fate, day: '2026-02-10' }],
    });

  it.each(FATES)('%s has to be found so', async (fate) => {
    for (const other of FATES)
      expect([other, await isFound(fate, booked, ...toldAs[other])]).toEqual([other, other === fate]);
    expect(await isFound(fate)).toBe(false);
    expect(output()).toContain(`a session ${fate}: Kim, 2026-02-10; but Cairn has it as never booked`);
  });
});
