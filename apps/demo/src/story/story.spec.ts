import { describe, expect, it } from '@jest/globals';
import { addDays } from '../days.js';
import { storyOf, type Cast } from './story.js';

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
});
