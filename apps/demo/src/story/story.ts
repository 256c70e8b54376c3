import { addDays, hoursAfter, instantOf, weekdayOf, type Day } from '../days.js';
import { random, type Random } from '@cairn/seeded';
import type { Level, Step } from './steps.js';

/** What is planted: one who goes silent, one who pauses, one who leaves, and the others. */
export type Part = 'steady' | 'silent' | 'pauses' | 'leaves';

/** How a session goes. */
export const FATES = [
  'moved by the coachee',
  'moved by the coach',
  'cancelled late by the coachee',
  'cancelled late by the coach',
  'cancelled in time by the coachee',
  'cancelled in time by the coach',
  'missed by the coachee',
  'missed by the coach',
  'disputed and corrected',
  'confirmed by a rating alone',
  'confirmed by nobody',
] as const;
export type Fate = (typeof FATES)[number] | 'held';

export interface Cast {
  /** The coachee's external reference: the dice are thrown for it, whatever the ids. */
  readonly reference: string;
  readonly part: Part;
  readonly matchedOn: Day;
  /** Last day of the programme. */
  readonly endsOn: Day;
  readonly cadenceDays: number;
  /** Sessions that can be used. */
  readonly allotment: number;
  readonly zone: string;
  /** Place among the coachees of the same coach, from 0: nobody else of that coach has the same hour. */
  readonly slot: number;
  readonly themes: readonly string[];
  readonly leavesOn?: Day;
  /** How certain sessions go, by their number from 0, whatever the dice say. */
  readonly fates?: ReadonlyMap<number, Fate>;
}

export interface Story {
  readonly steps: readonly Step[];
  /** The day after which a silent coachee does nothing any more. */
  readonly silentFrom?: Day;
  /** The day on which each session that went was first to be held, by its number. */
  readonly days: ReadonlyMap<number, Day>;
}

const MINUTES = 60;
/** Goals are scored and closed so many days after (before) the last one. */
const CLOSING_DAYS = -2;

/** The life of one coachee in the programme: pure, the same for the same seed and cast. */
export function storyOf(seed: number, cast: Cast): Story {
  const dice = random(seed, `story ${cast.reference}`);
  const days = sessionDays(cast);
  const script = new Script(cast, dice, days);
  const silentAfter = cast.part === 'silent' ? Math.max(1, Math.floor(days.length * 0.35)) : Infinity;
  const pause = cast.part === 'pauses' ? pauseAmong(days) : undefined;

  script.open();
  let n = 0;
  const held = new Map<number, Day>();
  for (const [index, day] of days.entries()) {
    if (pause && day > pause.from && day < pause.to) continue;
    if (n >= cast.allotment) break;
    script.session(n, day);
    held.set(n, day);
    if (index === 0) script.goal(0, day);
    if (index === 2 && dice.chance(0.5)) script.goal(1, day);
    if (index >= silentAfter) break;
    script.between(n, day);
    const next = days.slice(index + 1).find((later) => !pause || later <= pause.from || later >= pause.to);
    // Nobody can book while paused, and what was booked is cancelled: what comes after a pause is booked once it is over.
    const pausedBefore = pause && day <= pause.from && next !== undefined && next >= pause.to;
    if (next && (n >= 1 || pausedBefore) && n + 1 < cast.allotment)
      script.book(n + 1, next, pausedBefore ? pause.to : day);
    n++;
  }
  if (pause) script.pause(pause.from, pause.to);
  if (cast.part !== 'silent') script.close();

  const gone = cast.leavesOn === undefined ? undefined : instantOf(cast.leavesOn, '00:00', cast.zone);
  const steps = script.steps
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

class Script {
  readonly steps: Step[] = [];
  private readonly goals: number[] = [];
  private readonly practised = new Map<number, number>();
  private readonly baselines = new Map<number, Level>();
  /** The session before was not simply held. */
  private troubled = false;

  constructor(
    private readonly cast: Cast,
    private readonly dice: Random,
    private readonly days: readonly Day[],
  ) {}

  private at(day: Day, time: string) {
    return instantOf(day, time, this.cast.zone);
  }

  private get time(): string {
    return `${String(9 + (this.cast.slot % 8)).padStart(2, '0')}:00`;
  }

  private wall(day: Day): string {
    return `${day}T${this.time}`;
  }

  /** The first two sessions are booked as a series. */
  open(): void {
    const [first] = this.days;
    if (first === undefined) return;
    const count = Math.min(2, this.days.length, this.cast.allotment);
    this.steps.push({
      at: this.at(addDays(this.cast.matchedOn, 1), '10:00'),
      kind: 'book-series',
      count,
      startsAt: this.wall(first),
    });
  }

  book(n: number, day: Day, on: Day): void {
    this.steps.push({ at: this.at(on, '20:00'), kind: 'book', n, startsAt: this.wall(day) });
  }

  pause(from: Day, to: Day): void {
    this.steps.push(
      { at: this.at(from, '12:00'), kind: 'pause' },
      { at: this.at(to, '12:00'), kind: 'resume' },
    );
  }

  /** One session and how it went. */
  session(n: number, day: Day): void {
    const { dice } = this;
    const start = this.at(day, this.time);
    const end = hoursAfter(start, MINUTES / 60);
    const fate = this.fateOf(n);
    const held = (end: string) => {
      const at = (hours: number) => hoursAfter(end, hours);
      if (dice.chance(0.8)) {
        const score = () => dice.between(3, 5);
        this.steps.push({
          at: at(2),
          kind: 'rate',
          n,
          useful: score(),
          relationship: score(),
          progress: score(),
        });
      }
      if (dice.chance(0.7))
        this.steps.push({ at: at(3), kind: 'themes', n, themes: [dice.pick(this.cast.themes)] });
      if (dice.chance(0.4))
        this.steps.push({
          at: at(4),
          kind: 'note',
          n,
          by: 'coach',
          text: 'What we agreed on, in my own words.',
        });
    };
    const both = (end: string) =>
      this.steps.push(
        { at: hoursAfter(end, 0.25), kind: 'confirm', n, by: 'coach' },
        { at: hoursAfter(end, 1), kind: 'confirm', n, by: 'coachee' },
      );
    if (fate === 'held') {
      both(end);
      held(end);
    } else if (fate === 'moved by the coachee' || fate === 'moved by the coach') {
      // Moved by a day, and held then; the hour is this coachee's own on every day.
      const later = addDays(day, 1);
      const moved = hoursAfter(this.at(later, this.time), MINUTES / 60);
      const by = fate === 'moved by the coachee' ? 'coachee' : 'coach';
      this.steps.push({
        at: this.at(addDays(day, -2), '10:30'),
        kind: 'move',
        n,
        by,
        startsAt: this.wall(later),
      });
      both(moved);
      held(moved);
    } else if (fate === 'cancelled late by the coachee' || fate === 'cancelled late by the coach') {
      const by = fate === 'cancelled late by the coachee' ? 'coachee' : 'coach';
      this.steps.push({ at: hoursAfter(start, -3), kind: 'cancel', n, by });
    } else if (fate === 'cancelled in time by the coachee' || fate === 'cancelled in time by the coach') {
      const by = fate === 'cancelled in time by the coachee' ? 'coachee' : 'coach';
      this.steps.push({ at: this.at(addDays(day, -3), '09:30'), kind: 'cancel', n, by });
    } else if (fate === 'missed by the coachee' || fate === 'missed by the coach') {
      const party = fate === 'missed by the coachee' ? 'coachee' : 'coach';
      this.steps.push({ at: hoursAfter(end, 0.25), kind: 'no-show', n, party });
    } else if (fate === 'disputed and corrected') {
      // Recorded as missed, though it was held: disputed, and put right.
      this.steps.push(
        { at: hoursAfter(end, 0.25), kind: 'no-show', n, party: 'coachee' },
        { at: hoursAfter(end, 5), kind: 'dispute', n },
        { at: hoursAfter(end, 30), kind: 'correct', n },
      );
    } else if (fate === 'confirmed by a rating alone') {
      // Nobody confirms; the rating is evidence enough.
      this.steps.push({ at: hoursAfter(end, 2), kind: 'rate', n, useful: 4, relationship: 4, progress: 4 });
    }
    // What is confirmed by nobody is met with silence altogether.
  }

  /** The first session is held, and so is every one that follows or precedes one that was not, or that was cast. */
  private fateOf(n: number): Fate {
    const { fates } = this.cast;
    const planned = fates?.get(n);
    const near = fates?.has(n - 1) || fates?.has(n + 1);
    const dice = this.dice.next();
    const other = this.dice.pick(FATES);
    const fate = planned ?? (n === 0 || near || this.troubled || dice < 0.7 ? 'held' : other);
    this.troubled = fate !== 'held';
    return fate;
  }

  goal(g: number, day: Day): void {
    const theme = this.dice.pick(this.cast.themes);
    const baseline = this.dice.pick<Level>([-2, -1, -1]);
    const on = (days: number, time: string) => this.at(addDays(day, days), time);
    this.goals.push(g);
    this.baselines.set(g, baseline);
    const targetDate = addDays(this.cast.endsOn, -1);
    this.steps.push(
      { at: on(0, '21:00'), kind: 'propose', g, theme, targetDate },
      { at: on(1, '09:00'), kind: 'agree', g },
      { at: on(1, '09:10'), kind: 'scale', g, baseline },
    );
  }

  /** Practice and a check-in before the next session, as long as goals are open. */
  between(n: number, day: Day): void {
    if (addDays(day, 9) >= addDays(this.cast.endsOn, CLOSING_DAYS)) return;
    const g = this.goals[n % Math.max(1, this.goals.length)];
    if (g === undefined) return;
    const on = (days: number, time: string) => this.at(addDays(day, days), time);
    const p = this.practised.get(g) ?? 0;
    this.practised.set(g, p + 1);
    this.steps.push({ at: on(2, '11:00'), kind: 'practise', g, p, dueOn: addDays(day, 9) });
    const movement = this.dice.pick(['forward', 'forward', 'steady', 'back'] as const);
    this.steps.push({ at: on(8, '17:00'), kind: 'check-in', g, movement });
    if (this.dice.chance(0.85)) {
      const done = this.dice.pick(['yes', 'yes', 'partly', 'no'] as const);
      this.steps.push({ at: on(9, '18:00'), kind: 'report', g, p, done });
    }
  }

  close(): void {
    const day = addDays(this.cast.endsOn, CLOSING_DAYS);
    for (const g of this.goals) {
      const level = Math.min(2, this.baselines.get(g)! + this.dice.between(0, 3)) as Level;
      this.steps.push({ at: this.at(day, '15:00'), kind: 'score', g, by: 'coachee', level });
      if (this.dice.chance(0.5))
        this.steps.push({
          at: this.at(day, '15:30'),
          kind: 'score',
          g,
          by: 'coach',
          level: Math.max(-2, level - 1) as Level,
        });
      const outcome = level >= 0 ? 'attained' : level === -1 ? 'partlyAttained' : 'notAttained';
      this.steps.push({ at: this.at(day, '16:00'), kind: 'close', g, outcome });
    }
  }
}
