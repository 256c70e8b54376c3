import { describe, expect, it } from '@jest/globals';
import { at, Programme } from '../../../test/programme.js';
import type { MeasuredFact } from '../../projections/opinions/opinion-facts.js';
import { zoneOf } from '../as-of/zone.js';
import { periodOf } from '../periods.js';
import { observedChange, selfChange } from './behaviour-change.js';
import { OpinionReport, type OpinionReader, type OpinionShown } from './opinion-report.js';
import { Stretches } from './stretches.js';
import { fitSignals } from './fit-signals.js';
import { nps } from './nps.js';
import { observedAttainment } from './observed-attainment.js';
import type { Opinion } from './opinion.js';
import { rematchOffers } from './rematch-offers.js';
import { rematchReasons } from './rematch-reasons.js';
import { satisfaction } from './satisfaction.js';

/** Support is heard of in March. */
const labelsAt = (when: number) => ({
  'org-unit': ['Legal', 'Sales', ...(when > at('03-10') ? ['Support'] : [])],
  location: [],
});
const ANYBODY: OpinionReader = { knows: () => false, led: () => false, orgUnits: undefined };

/** Who has had a session in January, eight by eight. */
const PEOPLE = [...'abcdefgh'];
function programme(people = PEOPLE, values = {}, cohort: (person: string) => string = () => 'A'): Programme {
  const made = new Programme(values).opened('A', 'B');
  for (const person of people)
    made
      .person(person, { department: person < 'e' ? 'Legal' : 'Sales' })
      .active(person, '01-05', [], cohort(person))
      .held(person, '01-10 09:00');
  return made;
}
const rated = (made: Programme, when: string, scores: Record<string, number>) => {
  for (const [person, score] of Object.entries(scores)) made.rated(person, when, score);
  return made;
};

const reportOf = (
  made: Programme,
  asOf: string,
  reader: OpinionReader,
  baselines: readonly MeasuredFact[] = [],
) =>
  new OpinionReport(
    new Stretches({
      program: made.program,
      facts: made.opinions,
      baselines,
      history: made.history,
      labelsAt,
      until: at(asOf),
    }),
    reader,
  );
function rows(
  made: Programme,
  period: string,
  asOf = '12-01',
  reader = ANYBODY,
  dimension?: string,
  [opinion, item]: readonly [Opinion, string] = [satisfaction, 'useful'],
) {
  const asked = periodOf(period, zoneOf('UTC'), at(asOf))!;
  return reportOf(made, asOf, reader).rows(opinion, [item], asked, dimension);
}
const said = ({ group, value, bound, from, through, withheld }: OpinionShown) =>
  withheld
    ? `${group}: ${withheld}`
    : `${group}: ${bound ?? ''} ${Number(value!.toFixed(6))}, ${from} to ${through}`;
const told = (...of: Parameters<typeof rows>) => rows(...of).map(said);

const FIVE = { a: 3, b: 3, c: 3, d: 3, e: 4 };
const withheld = ['null: too-few-people'];

describe('opinions of closed months', () => {
  it('are told anew when enough people have answered since they were last; else the last stays', () => {
    const made = rated(programme(), '02-10', FIVE);
    rated(made, '03-10', { a: 5, f: 5 });
    rated(made, '04-10', { a: 1, b: 4, c: 4, d: 4 });
    expect(told(made, '2026-01')).toEqual(withheld);
    expect(told(made, '2026-02')).toEqual(['null:  3.2, 2026-02 to 2026-02']);
    expect(told(made, '2026-03')).toEqual(['null:  3.2, 2026-02 to 2026-02']);
    // March and April together: of a the latest answer.
    expect(told(made, '2026-04')).toEqual(['null:  3.6, 2026-03 to 2026-04']);
    expect(told(made, 'programme')).toEqual(['null:  3.4, 2026-02 to 2026-04']);
    expect(told(made, 'programme', '04-30')).toEqual(['null:  3.2, 2026-02 to 2026-02']);
  });

  it('are not told where all who could have answered would be known to have', () => {
    const five = PEOPLE.slice(0, 5);
    expect(told(rated(programme(five), '02-10', FIVE), '2026-02')).toEqual(withheld);
    expect(told(rated(programme([...five, 'f']), '02-10', FIVE), '2026-02')).not.toEqual(withheld);
  });

  describe('are not hidden by somebody who, for all to see, could not answer in these months', () => {
    const five = [...'abcde'];
    const feb = (made: Programme, opinion: Opinion, item: string) =>
      told(made, '2026-02', '12-01', ANYBODY, undefined, [opinion, item]);
    const wave = (made: Programme, when: string, fact: (person: string) => object) => {
      for (const person of five) made.thinks(person, when, fact(person) as never);
      return made;
    };
    const ofF = (made: Programme, ...ends: Parameters<Programme['active']>[2][]) =>
      made.person('f').active('f', '01-05', ...ends);

    it('having had no session of the programme that they left', () => {
      const made = new Programme().opened('A');
      for (const person of five)
        made.active(person, '01-05', [['02-10', { fact: 'completed' }]] as never).held(person, '01-10 09:00');
      wave(made, '02-12', () => ({ fact: 'recommended', recommend: 7 }));
      ofF(made, [['01-12', { fact: 'discontinued', reason: 'too-busy' }]] as never);
      expect(feb(made, nps, 'recommend')).toEqual(withheld);
      expect(feb(made.held('f', '01-11 09:00'), nps, 'recommend')).not.toEqual(withheld);
    });

    it('whose match had ended before', () => {
      const matched = (made: Programme, person: string, ...ended: object[]) =>
        made.matched(person, [
          ['01-06', { fact: 'requested', kind: 'first' }],
          ['01-07', { fact: 'matched', score: 0.8 }],
          ...ended.map((fact) => ['02-12', fact]),
        ] as never);
      const of = (sixth: boolean, ...ended: object[]) => {
        const made = new Programme().opened('A');
        for (const person of five) matched(made.active(person), person);
        if (sixth) matched(ofF(made), 'f', ...ended);
        wave(made, '02-01', () => ({ fact: 'signalled', by: 'coachee', signal: 'unsure' }));
        return wave(made, '03-12', () => ({ fact: 'signalled', by: 'coachee', signal: 'unsure' }));
      };
      const march = (made: Programme) =>
        told(made, '2026-03', '12-01', ANYBODY, undefined, [fitSignals, 'coachee']);
      expect(march(of(true))).toEqual(['null:  0, 2026-03 to 2026-03']);
      // Of February it is told, since the sixth could have said so then.
      expect(march(of(true, { fact: 'ended', reason: 'coach-left' }))).toEqual([
        'null:  0, 2026-02 to 2026-02',
      ]);
    });

    it('whose goal was closed before, or their engagement over', () => {
      const goal = (made: Programme, person: string, ...more: unknown[]) =>
        made.goal(person, [
          ['01-06', { fact: 'proposed', theme: 'delegating', weight: 1, targetDate: '2026-04-01' }],
          ['01-07', { fact: 'agreed', theme: 'delegating', weight: 1, targetDate: '2026-04-01' }],
          ...more,
        ] as never);
      const of = (...more: unknown[]) => {
        const made = new Programme().opened('A');
        for (const person of five) goal(made.active(person), person);
        goal(ofF(made), 'f', ...more);
        const goalOf = (person: string) =>
          made.facts.goals.find(({ personId }) => personId === person)!.goalId;
        const scored = (person: string) => ({
          fact: 'scored',
          goalId: goalOf(person),
          level: 0,
          moment: 'closing',
        });
        return wave(wave(made, '02-02', scored), '03-12', scored);
      };
      const march = (made: Programme) =>
        told(made, '2026-03', '12-01', ANYBODY, undefined, [observedAttainment, 'closing']);
      expect(march(of())).toEqual(['null:  50, 2026-03 to 2026-03']);
      expect(march(of(['02-20', { fact: 'closed', outcome: 'dropped' }]))).toEqual([
        'null:  50, 2026-02 to 2026-02',
      ]);
    });

    it('who had left the company', () => {
      const made = rated(programme(five), '02-10', FIVE);
      rated(made, '03-10', FIVE);
      const left = [['02-20', { fact: 'discontinued', reason: 'left-the-company' }]] as never;
      made.active('f', '01-05', left).held('f', '01-10 09:00');
      expect(told(made, '2026-02')).not.toEqual(withheld);
      expect(told(made, '2026-03')).toEqual(told(made, '2026-02'));
    });
  });

  it('count when they are learnt, so that nothing told changes', () => {
    const made = rated(programme(), '02-10', FIVE);
    const before = told(made, '2026-02');
    made.rated('f', '02-11', 1);
    const [late] = made.opinions.splice(-1);
    made.opinions.push({ ...late!, recordedAt: at('03-02') });
    expect(told(made, '2026-02')).toEqual(before);
    rated(made, '03-10', { a: 5, b: 5, c: 5, d: 5 });
    expect(told(made, '2026-03')).toEqual(['null:  4.2, 2026-03 to 2026-03']);
  });

  it('are withheld by a raised minimum, which cuts no stretch anew', () => {
    const made = rated(programme(), '02-10', FIVE);
    rated(made, '03-10', { ...FIVE, f: 4, g: 4 });
    made.changed('05-01', { minimumGroup: 6 });
    expect(told(made, '2026-02')).toEqual(withheld);
    expect(told(made, '2026-03')).toEqual(['null:  3.4, 2026-03 to 2026-03']);
  });

  it('are kept from fewer than the highest minimum that was ever set, lowered or not', () => {
    const made = rated(programme(), '02-10', FIVE);
    made.changed('01-15', { minimumGroup: 6 }).changed('01-20', { minimumGroup: 5 });
    expect(told(made, '2026-02')).toEqual(withheld);
  });

  it('of the programme are each person’s latest answer', () => {
    const made = programme().held('f', '01-17 09:00', '01-24 09:00');
    const says = (person: string, when: string, recommend: number) =>
      made.thinks(person, when, { fact: 'recommended', recommend });
    for (const person of 'abcde') says(person, '02-10', 9);
    for (const person of 'de') says(person, '02-20', 6);
    expect(told(made, '2026-02', '12-01', ANYBODY, undefined, [nps, 'recommend'])).toEqual([
      'null:  20, 2026-02 to 2026-02',
    ]);
  });

  it('are of months that are over, whatever day is asked from', () => {
    const made = rated(programme(), '02-10', FIVE);
    expect(told(made, '2026-02', '02-28')).toEqual(withheld);
  });
});

describe('groups', () => {
  const tenOf = 'abcdefghijklmn';
  const made = programme([...tenOf], {}, (person) => (person < 'h' ? 'A' : 'B'));
  rated(made, '02-10', Object.fromEntries([...'abcdef'].map((person) => [person, 4])));
  rated(made, '02-10', Object.fromEntries([...'hijklm'].map((person) => [person, 2])));

  it('are told where each has enough people, who could also not have answered', () => {
    expect(told(made, '2026-02', '12-01', ANYBODY, 'cohort')).toEqual([
      'null:  3, 2026-02 to 2026-02',
      'A:  4, 2026-02 to 2026-02',
      'B:  2, 2026-02 to 2026-02',
    ]);
    // Legal has four of cohort A, whom the cohorts beside it would tell.
    expect(told(made, '2026-02', '12-01', ANYBODY, 'org-unit').slice(1)).toEqual([
      'Legal: too-few-people',
      'Sales: too-few-people',
      'Support: too-few-people',
      'unknown: too-few-people',
    ]);
  });

  it('are withheld where one more who answered would be known to have', () => {
    const full = programme([...'abcdehijklmn'], {}, (person) => (person < 'h' ? 'A' : 'B'));
    rated(full, '02-10', { a: 4, b: 4, c: 4, d: 4, e: 4, h: 2, i: 2, j: 2, k: 2, l: 2 });
    expect(told(full, '2026-02', '12-01', ANYBODY, 'cohort').slice(1)).toEqual([
      'A: too-few-people',
      'B: too-few-people',
    ]);
  });

  it('are merged with others until one more in each might not have answered', () => {
    // Of A all five who could, of B and C five of six.
    const cohort = (person: string) => (person < 'f' ? 'A' : person < 'l' ? 'B' : 'C');
    const full = programme([...'abcdefghijklmnopq'], {}, cohort).opened('C');
    rated(full, '02-10', Object.fromEntries([...'abcdefghijlmnop'].map((person) => [person, 3])));
    expect(told(full, '2026-02', '12-01', ANYBODY, 'cohort')).toEqual([
      'null:  3, 2026-02 to 2026-02',
      'C:  3, 2026-02 to 2026-02',
      'all other:  3, 2026-02 to 2026-02',
      'A: too-few-people',
      'B: too-few-people',
    ]);
  });

  it('are withheld by a raised minimum, of earlier months too', () => {
    const raised = programme([...tenOf], {}, (person) => (person < 'h' ? 'A' : 'B'));
    rated(raised, '02-10', Object.fromEntries([...'abcdefhijklm'].map((person) => [person, 3])));
    const by = () => told(raised, '2026-02', '12-01', ANYBODY, 'cohort');
    expect(by()).toContain('A:  3, 2026-02 to 2026-02');
    raised.changed('05-01', { minimumGroup: 7 });
    expect(by()).toEqual(['null:  3, 2026-02 to 2026-02', 'A: too-few-people', 'B: too-few-people']);
  });

  describe('of several months', () => {
    // Cohorts A and B of seven each, C of four and D of three.
    const cohort = (person: string) => (person < 'h' ? 'A' : person < 'o' ? 'B' : person < 's' ? 'C' : 'D');
    const four = programme([...'abcdefghijklmnopqrstu'], {}, cohort).opened('C', 'D');
    const answer = (when: string, people: string) =>
      rated(four, when, Object.fromEntries([...people].map((person) => [person, 3])));
    answer('02-10', 'abcdefhijklmopqst');
    answer('03-10', 'abcdefhijklmopqst');
    answer('04-10', 'abcdef');
    const by = (period: string) => told(four, period, '12-01', ANYBODY, 'cohort');

    it('are of the same as the total, or withheld', () => {
      expect(by('2026-04')).toContain('null:  3, 2026-04 to 2026-04');
      const all = by('programme');
      expect(all[0]).toBe('null:  3, 2026-02 to 2026-04');
      expect(all.slice(1).toSorted()).toEqual(['A', 'B', 'C', 'D'].map((name) => `${name}: too-few-people`));
    });
    it('have no “all other”, in which others may be each time', () => {
      expect(by('2026-02')).toContain('all other:  3, 2026-02 to 2026-02');
      expect(by('2026-03')).toContain('all other:  3, 2026-03 to 2026-03');
      expect(by('2026-Q1')).toEqual([
        'null:  3, 2026-02 to 2026-03',
        'A:  3, 2026-02 to 2026-03',
        'B:  3, 2026-02 to 2026-03',
        'C: too-few-people',
        'D: too-few-people',
      ]);
    });
  });

  it('that are heard of later change nothing that is told, and are among the names', () => {
    const three = new Programme().opened('A');
    for (const person of 'abcdefghijklmnopqrstu') {
      if (person < 'o') three.person(person, { department: person < 'h' ? 'Legal' : 'Sales' });
      three.active(person).held(person, '01-10 09:00');
    }
    rated(three, '02-10', Object.fromEntries([...'abcdefhijklmopqrst'].map((person) => [person, 3])));
    expect(told(three, '2026-02', '12-01', ANYBODY, 'org-unit').slice(1)).toEqual([
      'Legal:  3, 2026-02 to 2026-02',
      'Sales:  3, 2026-02 to 2026-02',
      'unknown:  3, 2026-02 to 2026-02',
      'Support: too-few-people',
    ]);
  });

  it('are those of the enrolment for which somebody was nominated last', () => {
    const twice = programme([...tenOf], {}, (person) => (person < 'h' ? 'A' : 'B'));
    // In the order of their ids the one in B comes first.
    twice.enrolled('a', [], 'B', 'enrollment 0 a', '01-20');
    rated(twice, '02-10', Object.fromEntries([...'abcdef'].map((person) => [person, 4])));
    rated(twice, '02-10', Object.fromEntries([...'hijkl'].map((person) => [person, 2])));
    expect(told(twice, '2026-02', '12-01', ANYBODY, 'cohort').slice(1)).toEqual([
      'A:  4, 2026-02 to 2026-02',
      'B:  2.4, 2026-02 to 2026-02',
    ]);
  });

  it('are withheld where one is at an end of the scale, which the total less the others would tell', () => {
    const high = programme([...tenOf], {}, (person) => (person < 'h' ? 'A' : 'B'));
    rated(high, '02-10', Object.fromEntries([...'abcdef'].map((person) => [person, 5])));
    rated(high, '02-10', Object.fromEntries([...'hijklm'].map((person) => [person, 2])));
    expect(told(high, '2026-02', '12-01', ANYBODY, 'cohort')).toEqual([
      'null:  3.6, 2026-02 to 2026-02',
      'A: too-few-people',
      'B: too-few-people',
    ]);
  });

  it('are withheld, with the total, from who may know one of the answers', () => {
    const of = (known: string) =>
      told(made, '2026-02', '12-01', { ...ANYBODY, knows: (person) => person === known }, 'cohort');
    expect(of('a')).toEqual([...withheld, 'A: too-few-people', 'B: too-few-people']);
    // Who had a session may have answered, for all that anybody sees.
    expect(of('n')).toEqual(of('a'));
    expect(of('elsewhere')[0]).toBe('null:  3, 2026-02 to 2026-02');
  });

  it('of HR of some org units are these alone', () => {
    const even = new Programme().opened('A');
    for (const person of 'abcdefghijklmn')
      even
        .person(person, { department: person < 'h' ? 'Legal' : 'Sales' })
        .active(person)
        .held(person, '01-10 09:00');
    rated(even, '02-10', Object.fromEntries([...'abcdefhijkl'].map((person) => [person, 4])));
    const of = (orgUnits: string[] | undefined, dimension?: string) =>
      told(even, '2026-02', '12-01', { ...ANYBODY, orgUnits }, dimension);
    const legal = 'Legal:  4, 2026-02 to 2026-02';
    expect(of(undefined, 'org-unit')).toContain(legal);
    expect(of(['Legal'])).toEqual(withheld);
    expect(of(['Legal'], 'cohort')).toEqual(withheld);
    expect(of(['Legal'], 'org-unit')).toEqual([...withheld, legal]);
  });
});

describe('by coach', () => {
  /** Of each coach's people six have rated; of cohort A are all of whom the letter is before h. */
  const people = [...'abcdefghijklmn'];
  function coached(
    coachOf: (person: string) => string,
    cohort = (person: string) => (person < 'h' ? 'A' : 'B'),
  ): Programme {
    const made = new Programme().opened('A', 'B');
    for (const person of people) {
      made.active(person, '01-05', [], cohort(person));
      if (person === 'g' || person === 'n')
        made.session(person, '02-02 09:00', [['02-02 10:05', { fact: 'completed', auto: false }]], undefined, coachOf(person)); // prettier-ignore
      else made.ratedOf(coachOf(person), person, '02-02 09:00', coachOf(person) === 'c1' ? 4 : 2);
    }
    return made;
  }
  const by = (made: Programme, dimension: string, item: string) =>
    told(made, '2026-02', '12-01', ANYBODY, dimension, [satisfaction, item]).slice(1);
  const others = coached((person) => ('acegikm'.includes(person) ? 'c1' : 'c2'));

  it('what people think of sessions is told, under the same rules', () => {
    const same = coached(
      (person) => (person < 'h' ? 'c1' : 'c2'),
      () => 'A',
    );
    const expected = ['c1:  4, 2026-02 to 2026-02', 'c2:  2, 2026-02 to 2026-02'];
    for (const item of ['useful', 'relationship', 'progress'])
      expect(by(same, 'coach', item)).toEqual(expected);
    const few = coached((person) => (person < 'd' ? 'c1' : 'c2'));
    expect(by(few, 'coach', 'relationship')).toEqual([]);
  });

  it('the relationship is opened before the groups with which it is not safe together, other items after', () => {
    expect(by(others, 'coach', 'relationship')).toHaveLength(2);
    expect(by(others, 'cohort', 'relationship')).toEqual(['A: too-few-people', 'B: too-few-people']);
    expect(by(others, 'coach', 'useful')).toEqual([]);
    expect(by(others, 'cohort', 'useful')).not.toContain('A: too-few-people');
  });

  it('a coach is told of themself alone, withheld where it is of too few', () => {
    const asCoach = (id: string, made = others) => {
      const reader = { ...ANYBODY, coach: { ids: [id], coached: () => true } };
      return told(made, '2026-02', '12-01', reader, 'coach', [satisfaction, 'relationship']).slice(1);
    };
    const [first, second] = by(others, 'coach', 'relationship');
    expect(asCoach('c1')).toEqual([first]);
    expect(asCoach('c2')).toEqual([second]);
    expect(asCoach('c3')).toEqual(['c3: too-few-people']);
    // Who has no group of their own is part of all other, which is not theirs.
    const three = coached((person) => ('ab'.includes(person) ? 'c3' : person < 'h' ? 'c1' : 'c2'));
    expect(asCoach('c2', three)).toHaveLength(1);
  });

  it('nobody’s word counts for the coach who came after', () => {
    const made = coached((person) => (person < 'h' ? 'c1' : 'c2'));
    const before = by(made, 'coach', 'relationship');
    made.session('a', '02-20 09:00', [['02-20 10:05', { fact: 'completed', auto: false }]], undefined, 'c2');
    expect(by(made, 'coach', 'relationship')).toEqual(before);
  });
});

describe('of another coach', () => {
  const matched = [
    ['01-06', { fact: 'requested', kind: 'first' }],
    ['01-07', { fact: 'matched', score: 0.8 }],
  ] as const;
  function made(): Programme {
    const all = new Programme();
    for (const person of PEOPLE) all.active(person).matched(person, matched);
    return all;
  }
  const of = (all: Programme, opinion: Opinion, item: string) =>
    told(all, '2026-02', '12-01', ANYBODY, undefined, [opinion, item]);
  const says = (all: Programme, by: 'coachee' | 'coach', ...signals: ('good' | 'unsure' | 'not-right')[]) => {
    signals.forEach((signal, n) => all.thinks(PEOPLE[n]!, `02-0${n + 1}`, { fact: 'signalled', by, signal }));
    return all;
  };

  it('whether matches are right is told of each party’s latest words', () => {
    const all = says(made(), 'coachee', 'good', 'good', 'good', 'good', 'not-right');
    says(all, 'coach', 'good', 'unsure', 'unsure', 'unsure', 'unsure');
    expect(of(all, fitSignals, 'coachee')).toEqual(['null:  0.6, 2026-02 to 2026-02']);
    expect(of(all, fitSignals, 'coach')).toEqual(['null:  0.2, 2026-02 to 2026-02']);
    all.thinks('e', '02-20', { fact: 'signalled', by: 'coachee', signal: 'unsure' });
    expect(of(all, fitSignals, 'coachee')).toEqual(['null: at-least 0.8, 2026-02 to 2026-02']);
    expect(of(says(made(), 'coachee', 'good', 'good', 'good', 'good'), fitSignals, 'coachee')).toEqual(
      withheld,
    );
  });

  it('a coach is not told of the words that are their own', () => {
    const all = says(made(), 'coachee', 'good', 'good', 'good', 'good', 'not-right');
    says(all, 'coach', 'good', 'unsure', 'unsure', 'unsure', 'unsure');
    const asCoach = (item: string, coachee: string) => {
      const reader = { ...ANYBODY, coach: { ids: ['c1'], coached: (person: string) => person === coachee } };
      return told(all, '2026-02', '12-01', reader, undefined, [fitSignals, item]);
    };
    expect(asCoach('coach', 'a')).toEqual(withheld);
    expect(asCoach('coach', 'somebody else')).toEqual(of(all, fitSignals, 'coach'));
    expect(asCoach('coachee', 'a')).toEqual(of(all, fitSignals, 'coachee'));
  });

  it('offers are told as a share of who said anything: low for usefulness or relationship, or not right', () => {
    const all = says(made(), 'coachee', 'not-right', 'unsure', 'good');
    all.rated('d', '02-10', 3).rated('e', '02-10', 2);
    expect(of(all, rematchOffers, 'offered')).toEqual(['null:  0.4, 2026-02 to 2026-02']);
    // Progress may have other reasons, and so may a coach's word.
    all.thinks('c', '02-11', { fact: 'rated', useful: 3, relationship: 3, progress: 1 } as never);
    all.thinks('d', '02-12', { fact: 'signalled', by: 'coach', signal: 'not-right' });
    expect(of(all, rematchOffers, 'offered')).toEqual(['null:  0.4, 2026-02 to 2026-02']);
    all.thinks('b', '02-13', { fact: 'rated', useful: 5, relationship: 2, progress: 5 } as never);
    // Beside ratings by group, offers by group could be whole groups'.
    expect(OpinionReport.dimensionsOf(rematchOffers)).toEqual([]);
    // A better word takes none back.
    all.rated('e', '02-14', 5);
    expect(of(all, rematchOffers, 'offered')).toEqual(['null:  0.6, 2026-02 to 2026-02']);
  });

  it('why it was asked for is told of enough rematches, more than whose reasons are known', () => {
    const asked = (count: number, told = count) => {
      const all = made();
      PEOPLE.slice(0, count).forEach((person, n) => {
        all.matched(person, [['02-03', { fact: 'requested', kind: 'rematch' }]]);
        const reason = n % 2 === 0 ? 'fit' : 'schedule';
        if (n < told) all.thinks(person, '02-03', { fact: 'rematchAsked', reason });
      });
      return of(all, rematchReasons, 'fit');
    };
    expect(asked(5)).toEqual(withheld);
    expect(asked(6, 4)).toEqual(withheld);
    expect(asked(6, 5)).toEqual(['null:  0.6, 2026-02 to 2026-02']);
  });
});

describe('what changed from a baseline to a follow-up', () => {
  const asked = { questionnaire: 'q', questionnaireVersion: 1 };
  const assessed = (
    made: Programme,
    person: string,
    when: string,
    moment: 'baseline' | 'followUp',
    means: Readonly<Partial<Record<MeasuredFact['results'][number]['category'], number>>>,
    more = {},
  ) => {
    const results = Object.entries(means).map(([category, mean]) => ({
      theme: 'giving-feedback',
      category,
      mean,
      itemMeans: [mean, mean],
    }));
    return made.thinks(person, when, { fact: 'measured', moment, ...asked, results, ...more } as never);
  };
  /** Of a to j, of whom each changes by so much. */
  function changed(
    by: Readonly<Record<string, number>>,
    when = '03-10',
    made = programme([...'abcdefghijkl']),
  ) {
    for (const [person, change] of Object.entries(by)) {
      if (!made.opinions.some(({ personId }) => personId === person))
        assessed(made, person, '01-20', 'baseline', { self: person < 'd' ? 3 : 4 });
      assessed(made, person, when, 'followUp', { self: (person < 'd' ? 3 : 4) + change });
    }
    return made;
  }
  const six = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 0 };
  const of = (
    made: Programme,
    period: string,
    {
      reader = ANYBODY,
      dimension,
      baselines = [],
      opinion = selfChange,
    }: {
      reader?: OpinionReader;
      dimension?: string;
      baselines?: readonly MeasuredFact[];
      opinion?: Opinion;
    } = {},
  ) =>
    reportOf(made, '12-01', reader, baselines).rows(
      opinion,
      ['giving-feedback'],
      periodOf(period, zoneOf('UTC'), at('12-01'))!,
      dimension,
    );
  const toldOf = (...args: Parameters<typeof of>) => of(...args).map(said);

  it('is told of the months of the follow-ups, from baselines of whatever month', () => {
    expect(toldOf(changed(six), '2026-02')).toEqual(withheld);
    expect(toldOf(changed(six), '2026-03')).toEqual(['null:  0.8, 2026-01 to 2026-03']);
  });

  it('is told once of each: who answers again is not told of again', () => {
    const again = changed({ a: -3, b: -3, c: -3, d: -3, e: -3, g: 2 }, '05-10', changed(six));
    expect(toldOf(again, '2026-05')).toEqual(toldOf(again, '2026-03'));
    changed({ h: 2, i: 2, j: 2, k: 2 }, '06-10', again);
    expect(toldOf(again, '2026-06')).toEqual(['null:  2, 2026-04 to 2026-06']);
  });

  it('is of the same questions alone, of who answered both', () => {
    const made = changed(six);
    assessed(made, 'g', '01-20', 'baseline', { self: 1, peer: 1 });
    assessed(made, 'g', '03-10', 'followUp', { self: 7 }, { questionnaireVersion: 2 });
    assessed(made, 'g', '03-11', 'followUp', { manager: 7 });
    expect(toldOf(made, '2026-03')).toEqual(['null:  0.8, 2026-01 to 2026-03']);
  });

  it('is that of the enrolment of which somebody spoke last', () => {
    const made = changed({ a: 1, b: 1, c: 1, d: 1, e: 1 });
    made.enrolled('f', [], 'A', 'enrollment f again', '02-01');
    assessed(made, 'f', '01-20', 'baseline', { self: 1 });
    const enrollmentId = 'enrollment f again';
    assessed(made, 'f', '02-10', 'baseline', { self: 4 }, { enrollmentId });
    assessed(made, 'f', '03-10', 'followUp', { self: 4 }, { enrollmentId });
    expect(toldOf(made, '2026-03')).toEqual(['null:  0.8, 2026-01 to 2026-03']);
  });

  it('by others is the mean over those who answered both, apart from what coachees say of themselves', () => {
    const made = programme();
    for (const person of 'abcde') {
      assessed(made, person, '01-20', 'baseline', { self: 5, manager: 3, peer: 4, other: 1 });
      assessed(made, person, '03-10', 'followUp', { self: 5, manager: 4, peer: 6, directReport: 7 });
    }
    expect(toldOf(made, '2026-03')).toEqual(['null:  0, 2026-01 to 2026-03']);
    expect(toldOf(made, '2026-03', { opinion: observedChange })).toEqual(['null:  1.6, 2026-01 to 2026-03']);
    const led = { ...ANYBODY, led: (person: string) => person === 'h' };
    expect(toldOf(made, '2026-03', { opinion: observedChange, reader: led })).toEqual(withheld);
    expect(toldOf(made, '2026-03', { reader: led })).not.toEqual(withheld);
  });

  const measured = ({ opinions }: Programme) => opinions.filter((fact) => fact.fact === 'measured');
  it('says who is reliably better where that is known, and then tells no groups apart', () => {
    const tenOf = programme([...'abcdefghijklmn'], {}, (person) => (person < 'h' ? 'A' : 'B'));
    const made = changed(
      { a: 1, b: 1, c: 1, d: 1, e: 0, f: 0, h: 0, i: 0, j: 0, k: 0, l: 1, m: 1 },
      '03-10',
      tenOf,
    );
    const groups = (baselines: readonly MeasuredFact[]) =>
      of(made, '2026-03', { baselines, dimension: 'cohort' }).map(
        ({ group, value, beside, withheld: why }) => [
          group,
          why ?? Number(value!.toFixed(6)),
          beside?.reliablyBetter.value?.toFixed(2) ?? beside?.reliablyBetter.withheld,
        ],
      );
    expect(groups(measured(made))).toEqual([
      [null, 0.6, 'reliability-unknown'],
      ['A', 0.6, undefined],
      ['B', 0.4, undefined],
    ]);
    const many = Array.from({ length: 30 }, (_, n) => ({
      ...measured(made)[n % 8 > 3 ? 0 : 8]!,
      personId: `other ${n}`,
    }));
    expect(groups(many)).toEqual([
      [null, 0.6, '0.60'],
      ['A', 'too-few-people', undefined],
      ['B', 'too-few-people', undefined],
    ]);
    // By what was known at the end of the stretch.
    const late = many.map((fact) => ({ ...fact, recordedAt: at('04-02') }));
    expect(groups(late)[0]).toEqual([null, 0.6, 'reliability-unknown']);
  });
});
