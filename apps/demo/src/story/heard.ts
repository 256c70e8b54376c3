import { random, type Random } from '@cairn/seeded';
import { addDays, instantOf, type Day } from '../days.js';
import { closingDay, type Cast } from './cast.js';
import type { Answered, Moment, PulseAnswers, Step } from './steps.js';

/** Raters whom somebody names. */
export const RATERS = 3;

/** What others see of somebody at first, and by how much they see them improve, on a scale of 1 to 7. */
const SEEN = { before: 2, gain: 1, gainOfModest: 3 };

/**
 * What others say of a coachee, and they of themself: assessments before and after, and pulses. Pure, with dice of its own.
 * @param last the day of the last session
 */
export function heardSteps(seed: number, cast: Cast, last: Day | undefined): Step[] {
  const dice = random(seed, `heard ${cast.reference}`);
  const at = (day: Day, time: string) => instantOf(day, time, cast.zone);
  const begins = addDays(cast.matchedOn, 1);
  const closing = closingDay(cast);
  const after = SEEN.before + (cast.modest ? SEEN.gainOfModest : SEEN.gain);
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
            ...othersAnswers(cast, dice, moment === 'baseline' ? SEEN.before : after),
          ],
        },
        { at: at(addDays(day, 6), '12:00'), kind: 'release', moment },
      );
    assess('baseline', begins, addDays(begins, 13));
    assess('followUp', addDays(closing, -10), addDays(closing, 1));
  }
  // Before anything is booked or agreed on, so that each session is asked about.
  if (cast.raters === 'never answer') steps.push({ at: at(begins, '09:00'), kind: 'name-raters' });
  if (cast.raters === 'answer' && last !== undefined) {
    // An answer by a link counts when it is given, today: in the past that is told here, what was asked before an earlier
    // session would be overdue until its goal is closed.
    const answers = Array.from({ length: RATERS }, (): PulseAnswers => {
      const answer = () => near(dice, after);
      return { behaviour: answer(), team: [answer(), answer(), answer()] };
    });
    const eve = addDays(last, -1);
    steps.push(
      { at: at(eve, '09:00'), kind: 'name-raters' },
      { at: at(eve, '18:00'), kind: 'pulse', answers },
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
