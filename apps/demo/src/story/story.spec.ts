import { describe, expect, it } from '@jest/globals';
import { addDays, dayOf, hoursAfter } from '../days.js';
import { FAILING, type Cast } from './cast.js';
import type { PulseAnswers, Step } from './steps.js';
import { storyOf } from './story.js';

const cast: Cast = {
  reference: '10158',
  part: 'steady',
  matchedOn: '2019-03-11',
  endsOn: '2019-08-28',
  cadenceDays: 14,
  allotment: 12,
  zone: 'America/New_York',
  slot: 2,
  themes: ['giving-feedback', 'navigating-conflict'],
};
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

describe('a story', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(storyOf(1, cast)).toEqual(storyOf(1, cast));
    expect(storyOf(1, cast)).not.toEqual(storyOf(2, cast));
  });
  it('runs in order of time, within the programme', () => {
    for (const seed of seeds) {
      const times = storyOf(seed, cast).steps.map(({ at }) => at);
      expect(times).toEqual([...times].sort());
      expect(times.at(-1)! < `${addDays(cast.endsOn, 1)}T05`).toBe(true);
    }
  });
  it('books every session before anything happens in it, and never more than are allotted', () => {
    for (const seed of seeds) {
      const booked = new Set<number>();
      for (const step of storyOf(seed, cast).steps) {
        if (step.kind === 'book-series') for (let n = 0; n < step.count; n++) booked.add(n);
        else if (step.kind === 'book') booked.add(step.n);
        else if ('n' in step) expect(booked.has(step.n)).toBe(true);
      }
      expect(booked.size).toBeLessThanOrEqual(cast.allotment);
      expect(booked.size).toBeGreaterThan(8);
    }
  });
  it('has a silent coachee do nothing any more after some time', () => {
    const { steps, silentFrom } = storyOf(1, { ...cast, part: 'silent' });
    expect(steps.at(-1)!.at < addDays(silentFrom!, 4)).toBe(true);
    expect(silentFrom! < addDays(cast.endsOn, -60)).toBe(true);
  });
  it.each([
    ['six months', cast.endsOn],
    ['two months', '2019-04-27'],
  ])('holds no session during a pause, and goes on after it, in %s', (_, endsOn) => {
    const { steps } = storyOf(1, { ...cast, endsOn, part: 'pauses' });
    const pause = steps.find(({ kind }) => kind === 'pause')!.at;
    const resume = steps.find(({ kind }) => kind === 'resume')!.at;
    expect(steps.filter(({ kind, at }) => kind === 'confirm' && at > pause && at < resume)).toEqual([]);
    expect(steps.some(({ kind, at }) => kind === 'confirm' && at > resume)).toBe(true);
  });
  it('ends on the day on which somebody leaves', () => {
    const { steps } = storyOf(1, { ...cast, part: 'leaves', leavesOn: '2019-05-20' });
    expect(steps.at(-1)!.at < '2019-05-20T04:00').toBe(true);
  });

  it.each([
    ['six months', cast.endsOn],
    ['two months', '2019-04-27'],
  ])('goes on with another coach after a match that failed, in %s', (_, endsOn) => {
    const fails = {
      ...cast,
      endsOn,
      slot: 7,
      part: 'fails' as const,
      fates: new Map([[1, FAILING] as const]),
    };
    for (const seed of seeds) {
      const { steps } = storyOf(seed, fails);
      const kinds = steps.map(({ kind }) => kind);
      const rematch = kinds.indexOf('rematch');
      expect(kinds.lastIndexOf('cancel', rematch)).toBeLessThan(kinds.indexOf('warning'));
      expect(kinds.indexOf('warning')).toBeLessThan(kinds.indexOf('fit'));
      // Nothing of the first match is left open, and what is booked later is booked with the next coach.
      const closed = steps.slice(0, rematch).filter(({ kind }) => kind === 'propose' || kind === 'close');
      expect(closed).toMatchObject([{ kind: 'propose' }, { kind: 'close', outcome: 'dropped' }]);
      const [next] = steps.slice(rematch).filter(({ kind }) => kind === 'book');
      // The next coach accepts a day after somebody else was asked for.
      expect(next!.at > hoursAfter(steps[rematch]!.at, 24)).toBe(true);
      expect(kinds.slice(rematch)).toContain('propose');
    }
  });

  describe('of who is heard of', () => {
    const heard = { ...cast, raters: 'answer' as const, assessed: { byManager: true, answering: 2 } };
    const of = <Kind extends Step['kind']>(kind: Kind, of: Cast, seed: number) =>
      storyOf(seed, of).steps.filter((step): step is Step & { kind: Kind } => step.kind === kind);
    const seen = (list: readonly PulseAnswers[]) => list.map(({ behaviour }) => behaviour);
    const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);

    it('asks of one goal before the last session, which is held, and closes it before anything is overdue', () => {
      for (const seed of seeds) {
        const { steps, days } = storyOf(seed, heard);
        const kinds = steps.map(({ kind }) => kind);
        const last = [...days.values()].at(-1)!;
        const eve = addDays(last, -1);
        expect(kinds.filter((kind) => kind === 'propose' || kind === 'pulse')).toEqual(['propose', 'pulse']);
        expect(kinds.indexOf('name-raters')).toBeLessThan(kinds.indexOf('pulse'));
        expect(kinds.indexOf('pulse')).toBeLessThan(kinds.indexOf('score'));
        for (const { at } of steps.filter(({ kind }) => kind === 'name-raters' || kind === 'close'))
          expect(dayOf(at, cast.zone)).toBe(eve);
        expect(steps).toContainEqual(
          expect.objectContaining({ kind: 'confirm', n: days.size - 1, by: 'coachee' }),
        );
      }
    });
    it('names raters who never answer before anything is booked', () => {
      const kinds = storyOf(1, { ...cast, raters: 'never answer' }).steps.map(({ kind }) => kind);
      expect(kinds).toContain('name-raters');
      expect(kinds.indexOf('name-raters')).toBeLessThan(kinds.indexOf('book-series'));
      expect(kinds).not.toContain('pulse');
    });
    it('asks before the last session that was not cast to go otherwise', () => {
      const last = storyOf(1, heard).days.size - 1;
      const fates = new Map([[last, 'missed by the coach'] as const]);
      const { steps, days } = storyOf(1, { ...heard, fates });
      const named = steps.find(({ kind }) => kind === 'name-raters')!.at;
      expect(dayOf(named, cast.zone)).toBe(addDays(days.get(last - 1)!, -1));
      expect(steps).toContainEqual(expect.objectContaining({ kind: 'no-show', n: last }));
    });
    it('asks nobody where a next coach has no goal before the last session', () => {
      const fails = { ...heard, endsOn: '2019-04-27', part: 'fails' as const };
      expect(of('pulse', fails, 1)).toEqual([]);
      expect(of('pulse', { ...fails, endsOn: cast.endsOn }, 1)).toHaveLength(1);
    });
    it('has answers within the scale, of whoever answers', () => {
      for (const seed of seeds)
        for (const { answers } of of('assess', heard, seed)) {
          expect(answers.map(({ category }) => category)).toEqual([
            'self',
            'manager',
            'directReport',
            'directReport',
          ]);
          for (const { values } of answers) {
            expect(Object.keys(values)).toEqual(cast.themes);
            for (const value of Object.values(values).flat()) expect([1, 2, 3, 4, 5, 6, 7]).toContain(value);
          }
        }
    });
    it('has a modest one improve at work alone', () => {
      const modest = { ...heard, modest: true };
      let more = 0;
      for (const seed of seeds) {
        const [theirs, others] = [modest, heard].map((one) => sum(seen(of('pulse', one, seed)[0]!.answers)));
        more += theirs! - others!;
        const [first, last] = of('assess', modest, seed).map(({ answers }) => answers[0]!.values);
        expect(last).toEqual(first);
        const baselines = of('scale', modest, seed).map(({ baseline }) => baseline);
        const own = of('score', modest, seed).filter(({ by }) => by === 'coachee');
        expect(own.map(({ level }) => level)).toEqual(baselines);
      }
      // By two of seven more than others, of three raters each.
      expect(more / seeds.length / 3).toBeCloseTo(2, 0);
    });
  });
});
