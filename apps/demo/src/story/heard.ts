import { random, type Random } from '@cairn/seeded';
import { addDays, instantOf, type Day } from '../days.js';
import type { Cast } from './cast.js';
import type { Answered, Moment, Step } from './steps.js';

/** Raters whom somebody names. */
export const RATERS = 3;

/** By how much others see somebody improve, on a scale of 1 to 7. */
const SEEN = { gain: [0, 1], gainOfModest: [2, 2] } as const;

/**
 * What others say of a coachee, and they of themself: assessments before and after, and two rounds of pulses. Pure, with
 * dice of its own. @param closing the day on which goals are closed
 */
export function heardSteps(seed: number, cast: Cast, days: readonly Day[], closing: Day): Step[] {
  const dice = random(seed, `heard ${cast.reference}`);
  const at = (day: Day, time: string) => instantOf(day, time, cast.zone);
  const begins = addDays(cast.matchedOn, 1);
  const [first] = days;
  const before = dice.between(3, 4);
  const [least, most] = cast.modest ? SEEN.gainOfModest : SEEN.gain;
  const after = before + dice.between(least, most);
  const steps: Step[] = [];
  if (cast.assessed) {
    const own = ownAnswers(cast, dice);
    const assess = (moment: Moment, day: Day, closesOn: Day) =>
      steps.push(
        {
          at: at(day, '09:30'),
          kind: 'assess',
          moment,
          closesOn,
          answers: [
            { category: 'self', values: own[moment] },
            ...othersAnswers(cast, dice, moment === 'baseline' ? before : after),
          ],
        },
        { at: at(addDays(day, 6), '12:00'), kind: 'release', moment },
      );
    assess('baseline', begins, addDays(begins, 13));
    assess('followUp', addDays(closing, -10), addDays(closing, 1));
  }
  if (cast.hasRaters && first !== undefined) {
    const round = (round: number, day: Day, seen: number): Step => ({
      at: at(day, '08:00'),
      kind: 'pulse',
      round,
      answers: Array.from({ length: RATERS }, () => {
        const answer = () => near(dice, seen);
        return { behaviour: answer(), team: [answer(), answer(), answer()] };
      }),
    });
    steps.push(
      // Before anything is booked or agreed on, so that each session is asked about.
      { at: at(begins, '09:00'), kind: 'name-raters' },
      round(1, addDays(first, 2), before),
      round(2, closing, after),
    );
  }
  return steps;
}

/** A modest one sees no change at all. */
function ownAnswers({ themes, modest }: Cast, dice: Random): Record<Moment, Answered['values']> {
  const baseline = answersTo(themes, () => dice.between(3, 5));
  return {
    baseline,
    followUp: modest ? baseline : answersTo(themes, (theme, n) => baseline[theme]![n]! + dice.between(0, 2)),
  };
}

function othersAnswers({ themes, assessed }: Cast, dice: Random, seen: number): Answered[] {
  const { byManager, answering } = assessed!;
  const one = (category: Answered['category']): Answered => ({
    category,
    values: answersTo(themes, () => near(dice, seen)),
  });
  return [
    ...(byManager ? [one('manager')] : []),
    ...Array.from({ length: answering }, () => one('directReport')),
  ];
}

const ITEMS = [0, 1, 2] as const;
const answersTo = (themes: readonly string[], value: (theme: string, item: number) => number) =>
  Object.fromEntries(themes.map((theme) => [theme, ITEMS.map((item) => value(theme, item))]));

const near = (dice: Random, level: number): number => Math.min(7, level + dice.between(-1, 1));
