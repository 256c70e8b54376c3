import { random } from '@cairn/seeded';
import { addDays, instantOf, weekdayOf, type Day } from '../days.js';
import type { Cast } from './cast.js';
import { heardSteps } from './heard.js';
import { REMATCH_DAYS, Script } from './script.js';
import type { Step } from './steps.js';

export interface Story {
  readonly steps: readonly Step[];
  /** The day after which a silent coachee does nothing any more. */
  readonly silentFrom?: Day;
  /** The day on which each session that went was first to be held, by its number. */
  readonly days: ReadonlyMap<number, Day>;
}

/** Whose match fails asks for another coach after this session. */
const FAILED_AFTER = 1;
/** From this session on, by its number from 0, there is a goal before it that was agreed on with the next coach. */
const FIRST_ASKED_OF_NEXT_COACH = 3;

/** The life of one coachee in the programme: pure, the same for the same seed and cast. */
export function storyOf(seed: number, cast: Cast): Story {
  const dice = random(seed, `story ${cast.reference}`);
  const days = sessionDays(cast);
  const silentAfter = cast.part === 'silent' ? Math.max(1, Math.floor(days.length * 0.35)) : Infinity;
  const pause = cast.part === 'pauses' ? pauseAmong(days) : undefined;
  // The last session with a goal before it that was not cast to go otherwise: it has to be held.
  const first = cast.part === 'fails' ? FIRST_ASKED_OF_NEXT_COACH : 1;
  const askedBefore =
    cast.raters === 'answer' ? days.findLast((_, n) => n >= first && !cast.fates?.has(n)) : undefined;
  const script = new Script(cast, dice, days, askedBefore);

  script.open();
  let n = 0;
  const held = new Map<number, Day>();
  for (const [index, day] of days.entries()) {
    if (pause && day > pause.from && day < pause.to) continue;
    if (n >= cast.allotment) break;
    script.session(n, day);
    held.set(n, day);
    if (index === 0) script.goal(0, day);
    const isLastOfMatch = cast.part === 'fails' && index === FAILED_AFTER;
    // With raters there is one goal, and what is asked about it.
    if (index === 2 && (cast.part === 'fails' || (dice.chance(0.5) && cast.raters === undefined)))
      script.goal(1, day);
    if (index >= silentAfter) break;
    if (isLastOfMatch) script.rematch(day);
    else script.between(n, day);
    const next = days.slice(index + 1).find((later) => !pause || later <= pause.from || later >= pause.to);
    // Nobody can book while paused, and what was booked is cancelled: what comes after a pause is booked once it is over.
    const pausedBefore = pause && day <= pause.from && next !== undefined && next >= pause.to;
    const on = pausedBefore ? pause.to : isLastOfMatch ? addDays(day, REMATCH_DAYS) : day;
    if (next && (n >= 1 || pausedBefore) && n + 1 < cast.allotment) script.book(n + 1, next, on);
    n++;
  }
  if (pause) script.pause(pause.from, pause.to);
  if (cast.part !== 'silent') script.close();
  script.recommend(random(seed, `recommends ${cast.reference}`));

  const gone = cast.leavesOn === undefined ? undefined : instantOf(cast.leavesOn, '00:00', cast.zone);
  const steps = [...script.steps, ...heardSteps(seed, cast, askedBefore)]
    .filter(({ at }) => gone === undefined || at < gone)
    .map((step, order) => ({ step, order }))
    .sort((a, b) => (a.step.at < b.step.at ? -1 : a.step.at > b.step.at ? 1 : a.order - b.order))
    .map(({ step }) => step);
  return { steps, days: held, ...(cast.part === 'silent' ? { silentFrom: days[silentAfter]! } : {}) };
}

/** The days on which sessions would be held, at the cadence, on a weekday of this coachee's own. */
function sessionDays({ matchedOn, endsOn, cadenceDays, slot }: Cast): Day[] {
  const weekday = 1 + (slot % 5);
  let day = addDays(matchedOn, 3);
  while (weekdayOf(day) !== weekday) day = addDays(day, 1);
  const days: Day[] = [];
  for (; day <= addDays(endsOn, -4); day = addDays(day, cadenceDays)) days.push(day);
  return days;
}

/** A pause that begins two days after one of the first four sessions: as long and as late as one more can follow it. */
function pauseAmong(days: readonly Day[]): { from: Day; to: Day } {
  const pauses = [14, 28].flatMap((length) =>
    days.slice(0, 4).map((day) => ({ from: addDays(day, 2), to: addDays(day, 2 + length) })),
  );
  return pauses.findLast(({ to }) => days.some((day) => day >= to))!;
}
