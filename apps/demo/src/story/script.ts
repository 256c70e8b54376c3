import type { Random } from '@cairn/seeded';
import { addDays, hoursAfter, instantOf, type Day, type Instant } from '../days.js';
import { closingDay, FAILING, FATES, type Cast, type Fate } from './cast.js';
import type { Level, Step } from './steps.js';

const MINUTES = 60;
/** From a match that failed to the booking with the next coach. */
export const REMATCH_DAYS = 5;

/** What happens to a coachee, written down in the order of telling; times put it in order. */
export class Script {
  readonly steps: Step[] = [];
  private goals: number[] = [];
  /** The ends of those sessions that were simply held. */
  private readonly held: Instant[] = [];
  private readonly practised = new Map<number, number>();
  private readonly baselines = new Map<number, Level>();
  /** The session before was not simply held. */
  private troubled = false;

  constructor(
    private readonly cast: Cast,
    private readonly dice: Random,
    private readonly days: readonly Day[],
    /** The day of the session before which raters answer: it is held, and goals are closed the evening before. */
    private readonly askedBefore: Day | undefined,
  ) {}

  private get closing(): Day {
    return this.askedBefore === undefined ? closingDay(this.cast) : addDays(this.askedBefore, -1);
  }

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
    const fate = day === this.askedBefore ? 'held' : this.fateOf(n);
    // Whose match fails says so at once, in private.
    const fails = this.cast.part === 'fails' && n === 0;
    const held = (end: string) => {
      this.held.push(end);
      const at = (hours: number) => hoursAfter(end, hours);
      if (dice.chance(0.8) || fails) {
        const score = () => (fails ? 2 : dice.between(3, 5));
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
    } else if (fate === FAILING) {
      const later = addDays(day, 1);
      this.steps.push(
        { at: this.at(addDays(day, -2), '10:30'), kind: 'move', n, by: 'coach', startsAt: this.wall(later) },
        { at: hoursAfter(this.at(later, this.time), -3), kind: 'cancel', n, by: 'coach' },
      );
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
    if (addDays(day, 9) >= this.closing) return;
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

  /** After two things that went wrong: the warning, a word in private, and another coach; the goal is dropped with the match. */
  rematch(day: Day): void {
    const on = (days: number, time: string) => this.at(addDays(day, days), time);
    this.steps.push(
      { at: on(1, '18:00'), kind: 'warning' },
      { at: on(2, '09:00'), kind: 'fit', signal: 'not-right' },
      ...this.goals.map((g): Step => ({ at: on(2, '17:00'), kind: 'close', g, outcome: 'dropped' })),
      { at: on(3, '10:00'), kind: 'rematch' },
    );
    this.goals = [];
  }

  /** Asked after the third session held, and answered a day later. */
  recommend(dice: Random): void {
    const third = this.held.toSorted()[2];
    if (third !== undefined)
      this.steps.push({ at: hoursAfter(third, 30), kind: 'recommend', recommend: dice.between(6, 10) });
  }

  close(): void {
    const day = this.closing;
    for (const g of this.goals) {
      const baseline = this.baselines.get(g)!;
      const seen = Math.min(2, baseline + this.dice.between(0, 3)) as Level;
      const level = this.cast.modest ? baseline : seen;
      this.steps.push({ at: this.at(day, '20:30'), kind: 'score', g, by: 'coachee', level });
      if (this.dice.chance(0.8))
        this.steps.push({
          at: this.at(day, '20:40'),
          kind: 'score',
          g,
          by: 'coach',
          level: Math.max(-2, seen - 1) as Level,
        });
      const outcome = level >= 0 ? 'attained' : level === -1 ? 'partlyAttained' : 'notAttained';
      this.steps.push({ at: this.at(day, '20:50'), kind: 'close', g, outcome });
    }
  }
}
