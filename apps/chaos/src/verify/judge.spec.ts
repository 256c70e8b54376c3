import { describe, expect, it } from '@jest/globals';
import { judge, WRONGS, type Wrong } from './judge.js';
import type { Fact, Received, Seen, Stored } from './seen.js';

/** Two commands on one stream, each with one event, the second with an opinion beside it; read everywhere as it must be. */
const FACTS: readonly Fact[] = [
  fact({ id: 'a', name: 'SessionScheduled', version: 1, position: '01', correlationId: 'first' }),
  fact({ id: 'b', name: 'SessionRescheduled', version: 2, position: '02', correlationId: 'second' }),
  fact({
    id: 'c',
    name: 'SessionRated',
    version: 3,
    position: '03',
    correlationId: 'second',
    topic: 'sensitive',
  }),
];
/** Of a service whose tables are not judged by it. */
const LOG: readonly Stored[] = FACTS.map(({ id, stream, version }) => ({
  id,
  stream,
  version,
  recordedAt: `2026-01-01 00:00:0${version}`,
  type: '',
  occurredAt: '',
  data: {},
}));
const received = (facts: readonly Fact[]): Received[] => facts.map((each) => ({ ...each, partition: 1 }));
const WELL: Seen = {
  acknowledged: [
    { commandId: 'first', tenantId: 't', what: 'book', makes: { SessionScheduled: 1 } },
    { commandId: 'second', tenantId: 't', what: 'move', makes: { SessionRescheduled: 1, SessionRated: 1 } },
  ],
  logs: { goals: LOG },
  feeds: { sessions: FACTS },
  topics: received(FACTS),
  intake: FACTS,
  readModels: [{ table: 'session_facts_v1', live: 'x', rebuilt: 'x' }],
  ledger: { engagements: [], sessions: [], slots: [] },
  places: [],
  known: {},
  aside: [{ group: 'sessions.inbox', deadLetters: 0, held: 0, stopped: null }],
  died: [],
  failed: [],
};

function fact(of: Partial<Fact>): Fact {
  return {
    id: '',
    source: 'sessions',
    name: '',
    topic: 'open',
    tenantId: 't',
    stream: 'session-1',
    version: 0,
    position: '',
    index: 0,
    correlationId: '',
    causationId: '',
    ...of,
  };
}

/** Which kinds of wrong are found in this. */
const wrongs = (change: Partial<Seen>): Wrong[] => {
  const findings = judge({ ...WELL, ...change });
  return WRONGS.filter((wrong) => findings[wrong].length > 0);
};
const without = <T extends { id: string }>(list: readonly T[], id: string) =>
  list.filter((each) => each.id !== id);
const [a, b, c] = FACTS as [Fact, Fact, Fact];
const [la, lb, lc] = LOG as [Stored, Stored, Stored];

describe('the judge of a run', () => {
  it('finds nothing where all is as it must be', () => {
    expect(wrongs({})).toEqual([]);
  });

  it('takes what the relay sent again for what it is: a consumer drops it', () => {
    expect(wrongs({ topics: received([a, b, a, b, c]) })).toEqual([]);
  });

  it('takes warnings that may come of a command, once for each set of reasons', () => {
    const warnedOf = (correlationId: string, ...told: string[][]): Partial<Seen> => {
      const stream = 'match-1';
      const warnings = told.map((reasons, n) =>
        fact({
          source: 'enrollment',
          topic: 'enrollment',
          stream,
          correlationId,
          id: `w${n}`,
          name: reasons.length > 0 ? 'MatchMarkedAtRisk' : 'MatchRecovered',
          version: n + 1,
          position: `0${n + 4}`,
        }),
      );
      const enrollment = warnings.map(({ id, name, version }, n): Stored => ({
        ...la,
        id,
        stream,
        version,
        type: name,
        data: told[n]!.length > 0 ? { reasons: told[n] } : {},
      }));
      const all = [...FACTS, ...warnings];
      return {
        logs: { ...WELL.logs, enrollment },
        feeds: { sessions: FACTS, enrollment: warnings },
        topics: received(all),
        intake: all,
      };
    };
    // That the match itself has no row is another matter.
    const of = (correlationId: string, ...told: string[][]) =>
      wrongs(warnedOf(correlationId, ...told)).filter((wrong) => wrong !== 'unlike-events');
    const warned = (...told: string[][]) => of('second', ...told);
    expect(warned(['no-show'])).toEqual([]);
    expect(warned(['no-show'], ['moves-in-a-row'], ['no-show'], [], ['no-show'])).toEqual([]);
    expect(warned(['no-show'], ['no-show'])).toEqual(['twice']);
    expect(warned(['no-show'], [], [])).toEqual(['twice']);
    expect(warned([])).toEqual(['twice']);
    expect(of('nobody’s', ['no-show'])).toEqual(['twice']);
  });

  it('takes a look at people for what comes of no command, once', () => {
    const looked = (times: number): Partial<Seen> => {
      const of = { source: 'enrollment', topic: 'enrollment', stream: 'reads-1', correlationId: 'a look' };
      const looks = Array.from({ length: times }, (_, n) =>
        fact({ ...of, id: `l${n}`, name: 'PeopleShown', version: n + 1, position: `0${n + 4}` }),
      );
      const all = [...FACTS, ...looks];
      return { feeds: { sessions: FACTS, enrollment: looks }, topics: received(all), intake: all };
    };
    expect(wrongs(looked(1))).toEqual([]);
    expect(wrongs(looked(2))).toEqual(['twice']);
  });

  it.each<[string, Partial<Seen>, Wrong[]]>([
    ['an acknowledged command without its event', { feeds: { sessions: [a] } }, ['lost', 'twice']],
    ['a command that left nothing anywhere', { feeds: { sessions: [] }, topics: [], intake: [] }, ['lost']],
    [
      'a command of which only a part came',
      { feeds: { sessions: [a, b] }, topics: received([a, b]), intake: [a, b] },
      ['lost'],
    ],
    ['an event that never came to the bus', { topics: received([a, c]) }, ['lost']],
    [
      'an event that came to the bus behind a later one, and is dropped',
      { topics: received([b, a, c]) },
      ['lost'],
    ],
    ['an event that analytics never took in', { intake: without(FACTS, 'b') }, ['lost']],
    ['an event that is twice in a feed', { feeds: { sessions: [a, b, b, c] } }, ['twice', 'disordered']],
    ['an event that analytics took in twice', { intake: [a, b, b, c] }, ['twice', 'disordered']],
    [
      'a command that took effect twice, under other ids',
      (() => {
        const again = fact({ ...b, id: 'b2', version: 4, position: '04' });
        const all = [...FACTS, again];
        return { feeds: { sessions: all }, topics: received(all), intake: all };
      })(),
      ['twice'],
    ],
    [
      'an effect of no acknowledged command',
      (() => {
        const all = [
          ...FACTS,
          fact({ id: 'd', name: 'SessionCancelled', version: 4, position: '04', correlationId: 'x' }),
        ];
        return { feeds: { sessions: all }, topics: received(all), intake: all };
      })(),
      ['twice'],
    ],
    [
      'an event on the bus that its log does not hold',
      { topics: received([...FACTS, fact({ ...b, id: 'gone', version: 4, position: '04' })]) },
      ['twice'],
    ],
    ['an event id that a log holds twice', { logs: { goals: [la, lb, { ...lc, id: 'b' }] } }, ['twice']],
    ['a gap in a stream of a log', { logs: { goals: [la, lc] } }, ['disordered']],
    ['a stream of a log in another order', { logs: { goals: [lb, la, lc] } }, ['disordered']],
    [
      'a log whose time goes back',
      { logs: { goals: [la, { ...lb, recordedAt: '2025-01-01' }, lc] } },
      ['disordered'],
    ],
    ['a feed in another order', { feeds: { sessions: [b, a, c] } }, ['disordered']],
    ['analytics in another order', { intake: [b, a, c] }, ['disordered']],
    [
      'a stream in two partitions',
      { topics: [...received([a]), ...received([b, c]).map((each) => ({ ...each, partition: 2 }))] },
      ['disordered'],
    ],
    [
      'a dead letter, an event held behind it, a group that has stopped',
      { aside: [{ group: 'sessions.inbox', deadLetters: 1, held: 1, stopped: 'checkpoint-past-end' }] },
      ['aside'],
    ],
    [
      'a read model that a rebuild makes otherwise',
      { readModels: [{ table: 'session_facts_v1', live: 'x', rebuilt: 'y' }] },
      ['unlike-rebuild'],
    ],
    ['read models of which none was compared', { readModels: [] }, ['unlike-rebuild']],
    [
      'a row of a ledger that no event tells of',
      { ledger: { ...WELL.ledger, sessions: [{ key: 'session' }] } },
      ['unlike-events'],
    ],
    [
      'two sessions of one coach at once',
      {
        ledger: {
          ...WELL.ledger,
          slots: ['one', 'another'].map((sessionId) => ({
            sessionId,
            holderId: 'coach',
            startsAt: new Date('2026-01-05T09:00:00.000Z'),
            endsAt: new Date('2026-01-05T10:00:00.000Z'),
          })),
        },
      },
      ['unlike-events', 'overbooked'],
    ],
    ['a coach of whom no event tells', { places: [{ key: 'coach-1' }] }, ['unlike-events']],
    [
      'somebody who is known and was never told of',
      { known: { 'goals.known_people': [{ key: 'person' }] } },
      ['unlike-events'],
    ],
    ['an answer of 500', { failed: ['GET /sessions/v1/sessions'] }, ['failed']],
    ['a process that died', { died: ['goals (1): TypeError'] }, ['died']],
  ])('finds %s', (_, planted, expected) => {
    expect(wrongs(planted)).toEqual(expected);
  });
});
