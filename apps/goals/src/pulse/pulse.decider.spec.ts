import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { describe, expect, it } from '@jest/globals';
import type { PulseCommand } from './pulse.commands.js';
import { pulseDecider } from './pulse.decider.js';
import type { PulseEvent } from './pulse.events.js';

const refs = {
  pulseId: 'u',
  goalId: 'g',
  sessionId: 's',
  engagementId: 'n',
  enrollmentId: 'e',
  programId: 'p',
  cohortId: 'c',
  personId: 'm',
  coachId: 'k',
};
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T09:00:00.000Z`;
const theme = 'giving-feedback';
const other = 'navigating-conflict';
const ask = (n: number, dueOn = '2026-03-15', raters = 4, about = theme): PulseCommand => ({
  kind: 'request',
  at: day(n),
  refs,
  theme: about,
  dueOn,
  today: day(n).slice(0, 10),
  raters,
});
const asked = (n: number, dueOn = '2026-03-15', about = theme): PulseEvent => ({
  type: 'PulseRequested',
  occurredAt: day(n),
  data: { ...refs, theme: about, dueOn, raters: 4 },
});
const release = (n: number, ...answers: number[]): PulseCommand => ({
  kind: 'release',
  at: day(n),
  theme,
  item: 'theme-behaviour',
  answers,
});
const released = (n: number, mean: number): PulseEvent => ({
  type: 'PulsesReleased',
  occurredAt: day(n),
  data: { ...refs, theme, item: 'theme-behaviour', raters: 3, mean },
});
const past = (...events: PulseEvent[]) => given(pulseDecider, ...events);

describe('a pulse', () => {
  it('is requested once', () => {
    past().when(ask(2)).then(asked(2));
    past().when(ask(2)).thenRepeatedYieldsNothing();
    past(asked(2)).when(ask(5)).thenNothing();
  });
  it('is not requested of fewer than can be shown, nor when its last day is over', () => {
    past()
      .when(ask(2, '2026-03-15', 2))
      .thenNothing();
    past().when(ask(16)).thenNothing();
    past().when(ask(15)).then(asked(15));
  });
  it('is due on another day where its session is moved, of as many raters as before', () => {
    past(asked(2))
      .when(ask(5, '2026-03-20', 9))
      .then(asked(5, '2026-03-20'));
    past(asked(2)).when(ask(1, '2026-03-20')).then(asked(2, '2026-03-20'));
  });
  it('is about the theme that its goal has now, until something of it is released or its last day is over', () => {
    const revised = (n: number, dueOn?: string) => ask(n, dueOn, 4, other);
    past(asked(2))
      .when(revised(5))
      .then(asked(5, undefined, other));
    past(asked(2), asked(5, undefined, other))
      .when(revised(6))
      .thenNothing();
    past(asked(2))
      .when(revised(15))
      .then(asked(15, undefined, other));
    past(asked(2)).when(revised(16)).thenNothing();
    past(asked(2), released(4, 5)).when(revised(5)).thenNothing();
    past(asked(2), released(4, 5)).when(revised(5, '2026-03-20')).then(asked(5, '2026-03-20'));
  });
  it('releases answers under the theme that they were asked about', () => {
    past(asked(2), asked(5, undefined, other))
      .when(release(9, 5, 5, 5))
      .then(released(9, 5));
  });
  it('is released from three answers on, as their mean to half a point', () => {
    past(asked(2))
      .when(release(9, 5, 6))
      .thenNothing();
    past(asked(2))
      .when(release(9, 5, 6, 6))
      .then(released(9, 5.5));
    past()
      .when(release(9, 5, 6, 6))
      .thenRefused('not-found');
  });
  it('is told so that several sets of answers remain that can have led to it, also where all say the same', () => {
    const scale = [1, 2, 3, 4, 5, 6, 7];
    const sets = scale.flatMap((a) =>
      scale.flatMap((b) => scale.flatMap((c) => (a <= b && b <= c ? [[a, b, c]] : []))),
    );
    const waiting = fold(pulseDecider, [asked(2)]);
    const told = Map.groupBy(sets, (answers) =>
      JSON.stringify(
        pulseDecider.decide(
          { kind: 'release', at: day(9), theme, item: 'theme-behaviour', answers },
          waiting,
        ),
      ),
    );
    expect([sets.length, told.size]).toEqual([84, 11]);
    for (const led of told.values()) expect(led.length).toBeGreaterThanOrEqual(3);
  });
});
