import type { Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { betweenSessions, type Between } from './between.js';
import { engagement } from './engagement.js';
import { enrollmentsOf, type Figures, type Program } from './facts.js';
import { activation, funnel } from './funnel.js';
import { goals } from './goals.js';
import { practiceByPerson, type Practice } from './practice.js';
import { sessions } from './sessions.js';
import { offTrack, signalsByPerson } from './signals.js';
import { times } from './times.js';
import { matches, use } from './use.js';

export interface Recomputed {
  /** By metric; a theme's as `theme-share.<theme>`. */
  readonly figures: Figures;
  readonly funnel: Readonly<Record<string, number>>;
  readonly signals: ReadonlyMap<string, readonly string[]>;
  readonly between: ReadonlyMap<string, Between>;
  readonly practice: ReadonlyMap<string, Practice>;
}

/**
 * HR's headline numbers, worked out a second time from the published events alone. Nothing here is shared with analytics:
 * each number is told in the plainest way, slowly, so that a difference means that one of the two is wrong.
 * @param all events of all services; those after `asOf` are left out here
 */
export function recompute(all: readonly FeedEvent[], program: Program, asOf: Instant): Recomputed {
  const events = all.filter((event) => event.at <= asOf && event.data.programId === program.programId);
  const enrollments = enrollmentsOf(events);
  const signals = signalsByPerson(enrollments, events, program, asOf);
  return {
    figures: {
      ...activation(enrollments, asOf),
      ...engagement(enrollments, events, program, asOf),
      ...sessions(events, asOf),
      ...use(enrollments, events, program, asOf),
      ...matches(enrollments, events, program, asOf),
      ...times(enrollments, events, program, asOf),
      ...goals(events, program, asOf),
      ...offTrack(signals),
    },
    funnel: funnel(enrollments, events),
    signals,
    between: betweenSessions(events, asOf),
    practice: practiceByPerson(enrollments, events, program, asOf),
  };
}
