import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readyCoach, readyCoachee, type Coach, type Coachee } from './candidates.js';
import { fit, scoreOf, SCORE_UNITS, WEIGHTS } from './fit.js';
import { coach, coachee, hours, ON } from '../../test/matching.js';

const fitOf = (a: Coachee, b: Coach) => fit(readyCoachee(a, ON), readyCoach(b, ON));
const part = (wanted: string, a: Partial<Coachee>, b: Partial<Coach>) =>
  fitOf(coachee('E', a), coach('C', b)).parts.find(({ name }) => name === wanted)!;

describe('the fit of a pair', () => {
  it('is the weighted mean of its parts, computed by hand', () => {
    const { score, parts } = fitOf(
      coachee('E', {
        themes: ['Giving feedback', 'navigating-conflict', 'psychological safety'],
        styles: ['challenging', 'supportive'],
        languages: ['de', 'en'],
        function: 'Production       ',
        hours: hours('Europe/Berlin', 'mon 09:00-11:00'),
      }),
      coach('C', {
        specialties: ['giving-feedback', 'navigating-conflict'],
        styles: ['supportive'],
        languages: ['en'],
        functions: ['production'],
        years: 4,
        hours: hours('Europe/London', 'mon 09:00-17:00'),
      }),
    );
    expect(parts).toEqual([
      {
        name: 'themes',
        weight: 0.35,
        value: 0.6667,
        reason: "2 of 3 themes asked for are the coach's specialties",
      },
      {
        name: 'experience',
        weight: 0.25,
        value: 0.7,
        reason: 'Coaches at manager level; 4 years of coaching; knows Production',
      },
      { name: 'styles', weight: 0.15, value: 0.5, reason: "1 of 2 styles asked for are the coach's" },
      { name: 'time', weight: 0.15, value: 0.5, reason: '1 h a week in common' },
      {
        name: 'language',
        weight: 0.1,
        value: 0.5,
        reason: "Both speak English, the coachee's choice number 2",
      },
    ]);
    // 0.35·0.6667 + 0.25·0.7 + 0.15·0.5 + 0.15·0.5 + 0.1·0.5
    expect(score).toBe(0.608345);
  });

  it('leaves out what was not asked for; the rest share its weight', () => {
    const { score, parts } = fitOf(coachee('E'), coach('C', { years: 5 }));
    expect(parts.filter(({ weight }) => weight > 0)).toMatchObject([
      { name: 'experience', weight: 0.714286 },
      { name: 'language', weight: 0.285714 },
    ]);
    expect(score).toBe(0.642857); // (25·0.5 + 10·1) ÷ 35
    expect(parts.find(({ name }) => name === 'themes')!.reason).toBe('No theme was asked for');
  });

  it('does not list what the coachee works on', () => {
    const { parts } = fitOf(
      coachee('E', { themes: ['navigating conflict'] }),
      coach('C', { specialties: ['navigating-conflict'] }),
    );
    expect(JSON.stringify(parts)).not.toMatch(/conflict/);
  });

  it('says of a coach whom a history names what levels they coach by now', () => {
    expect(part('experience', {}, { levels: ['executive'] }).reason).toMatch(
      /^Does not coach at manager level;/,
    );
    expect(part('experience', { level: 'individual' }, {}).reason).toMatch(/^Coaches at individual level;/);
  });

  it('counts years up to ten', () => {
    expect(part('experience', {}, { years: 5 }).value).toBe(0.5);
    expect(part('experience', {}, { years: 25 }).value).toBe(1);
  });

  it('weighs industry and function only where the coachee has them', () => {
    const known = { function: 'Sales', industry: 'Manufacturing' };
    expect(part('experience', known, { years: 10, industries: ['manufacturing'] })).toMatchObject({
      value: 0.6667,
      reason: 'Coaches at manager level; 10 years of coaching; has not worked in Sales; knows Manufacturing',
    });
  });

  it('is full in time where the coach can meet all hours of the coachee, or ten of them', () => {
    const fewHours = { hours: hours('Europe/Berlin', 'mon 09:00-10:00') };
    const manyHours = { hours: hours('Europe/Berlin', 'mon-fri 08:00-18:00') };
    expect(part('time', fewHours, {}).value).toBe(1);
    expect(part('time', manyHours, { hours: hours('Europe/Berlin', 'mon-tue 12:00-17:00') }).value).toBe(1);
    expect(part('time', manyHours, { hours: hours('Europe/Berlin', 'mon 12:00-14:30') })).toMatchObject({
      value: 0.25,
      reason: '2 h 30 min a week in common',
    });
  });

  it('has weights of a hundred points, and can be computed again from its parts', () => {
    expect(Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBe(100);
    const labels = fc.subarray(['a', 'b', 'c', 'd']);
    const some = fc.record({
      wanted: labels,
      offered: labels,
      years: fc.integer({ min: 0, max: 12 }),
      named: fc.boolean(),
    });
    fc.assert(
      fc.property(some, some, ({ wanted, offered, years, named }, other) => {
        const a = readyCoachee(
          coachee('E', {
            themes: wanted,
            styles: other.wanted,
            languages: named ? ['en', 'fr'] : [],
            function: 'a',
          }),
          ON,
        );
        const b = readyCoach(
          coach('C', { specialties: offered, styles: other.offered, functions: offered, years }),
          ON,
        );
        const { score, parts } = fit(a, b);
        const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
        const weighted = parts.reduce((sum, { weight, value }) => sum + weight * value, 0);
        expect(weights).toBeCloseTo(1, 5);
        expect(Math.abs(score - weighted)).toBeLessThan(3e-6);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(scoreOf(a, b)).toBe(Math.round(score * SCORE_UNITS));
      }),
    );
  });
});
