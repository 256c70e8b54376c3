import { describe, expect, it } from '@jest/globals';
import { Programme } from '../../../test/programme.js';
import { signalsOf } from './signals.js';

const matched = [
  ['01-05', { fact: 'requested', kind: 'first' }],
  ['01-07', { fact: 'matched', score: 0.8 }],
] as const;
const coachee = (programme = new Programme(), ...told: Parameters<Programme['active']>[2] & object[]) =>
  programme.active('p', '01-05', told).matched('p', matched);
const aim = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-30' };

/** `signal since` for each, oldest first. */
const on = (programme: Programme, when: string) => {
  const view = programme.asOf(when);
  return view.participants.flatMap((participant) =>
    signalsOf(participant, view).map(
      ({ signal, since }) => `${signal} ${new Date(since).toISOString().slice(5, 16).replace('T', ' ')}`,
    ),
  );
};

describe('nothing booked', () => {
  it('for 21 days since the match, not a moment earlier', () => {
    expect(on(coachee(), '01-27 23:59')).toEqual([]);
    expect(on(coachee(), '01-28')).toEqual(['nothing-booked 01-28 00:00']);
  });
  it('for 35 at a monthly cadence', () => {
    const monthly = coachee(new Programme({ cadence: 'monthly' }));
    expect(on(monthly, '02-10')).toEqual([]);
    expect(on(monthly, '02-11')).toEqual(['nothing-booked 02-11 00:00']);
  });
  it('since the activation where no coach is matched', () => {
    expect(on(new Programme().active('p', '01-05'), '01-26')).toEqual(['nothing-booked 01-26 00:00']);
  });
  it('since the last session held or cancelled, while none lies ahead', () => {
    const once = () => coachee().held('p', '01-14 09:00');
    expect(on(once(), '02-05')).toEqual(['nothing-booked 02-04 09:00']);
    const ahead = once().session('p', '02-20 09:00', [], '02-06');
    expect(on(ahead, '02-05')).toEqual(['nothing-booked 02-04 09:00']);
    expect(on(ahead, '02-06')).toEqual([]);
    const cancelled = once().session(
      'p',
      '02-20 09:00',
      [['02-10', { fact: 'cancelled', by: 'coachee', late: false, forfeited: false }]],
      '01-20',
    );
    expect(on(cancelled, '03-02')).toEqual([]);
    expect(on(cancelled, '03-03')).toEqual(['nothing-booked 03-03 00:00']);
  });
  it('a cancelled session that is corrected to one held was in the calendar until it was held', () => {
    const corrected = coachee().session(
      'p',
      '02-20 09:00',
      [
        ['01-20', { fact: 'cancelled', by: 'coachee', late: false, forfeited: false }],
        ['02-22', { fact: 'corrected', outcome: 'completed', forfeited: false }],
      ],
      '01-10',
    );
    expect(on(corrected, '03-13 08:59')).toEqual([]);
    expect(on(corrected, '03-13 09:00')).toEqual(['nothing-booked 03-13 09:00']);
  });
  it('stops with the clock while paused, and goes on after it', () => {
    const paused = coachee(
      new Programme(),
      ['01-10', { fact: 'paused', day: '2026-01-17', reason: 'workload' }],
      ['02-10', { fact: 'resumed', day: '2026-02-16' }],
    );
    expect(on(paused, '02-01')).toEqual([]);
    expect(on(paused, '02-26')).toEqual([]);
    expect(on(paused, '02-27')).toEqual(['nothing-booked 02-27 00:00']);
  });
  it('is no signal once the allotment is used', () => {
    const used = coachee(new Programme({ allotment: 1 })).held('p', '01-14 09:00');
    expect(on(used, '03-01')).toEqual([]);
  });
});

describe('moves in a row', () => {
  const moved = (programme: Programme, when: string, by: 'coachee' | 'coach' = 'coachee') =>
    programme.session(
      'p',
      '03-20 09:00',
      [[when, { fact: 'moved', by, startsAt: Date.UTC(2026, 2, 21), endsAt: Date.UTC(2026, 2, 21, 1) }]],
      '01-08',
    );
  it('two with no session held between them', () => {
    expect(on(moved(coachee(), '01-10'), '01-20')).toEqual([]);
    expect(on(moved(moved(coachee(), '01-10'), '01-12', 'coach'), '01-20')).toEqual([
      'moves-in-a-row 01-12 00:00',
    ]);
    expect(on(moved(moved(coachee(), '01-10').held('p', '01-11 09:00'), '01-12'), '01-20')).toEqual([]);
  });
  it('clears with the next session held', () => {
    const both = moved(moved(coachee(), '01-10'), '01-12').held('p', '01-21 09:00');
    expect(on(both, '01-20')).toHaveLength(1);
    expect(on(both, '01-22')).toEqual([]);
  });
  it('does not count a cancellation that a correction replaced', () => {
    const cancelled = (...corrected: Parameters<Programme['session']>[2] & object[]) =>
      moved(coachee(), '01-10', 'coach').session(
        'p',
        '01-16 09:00',
        [['01-16', { fact: 'cancelled', by: 'coachee', late: true, forfeited: true }], ...corrected],
        '01-08',
      );
    expect(on(cancelled(), '01-20')).toEqual(['moves-in-a-row 01-16 00:00']);
    expect(on(cancelled(['01-17', { fact: 'disputed', by: 'coachee' }]), '01-20')).toHaveLength(1);
    const missed = cancelled(['01-18', { fact: 'corrected', outcome: 'coach-no-show', forfeited: false }]);
    expect(on(missed, '01-20')).toEqual(['no-show 01-16 10:00']);
  });
  it('does not count what a pause or an end cancels', () => {
    const cancelled = (p: Programme, day: string) =>
      p.session(
        'p',
        day,
        [['01-10', { fact: 'cancelled', by: 'cairn', late: false, forfeited: false }]],
        '01-08',
      );
    expect(on(cancelled(cancelled(coachee(), '01-14 09:00'), '01-28 09:00'), '01-20')).toEqual([]);
  });
});

describe('a no-show', () => {
  const missed = () =>
    coachee().session('p', '01-14 09:00', [
      ['01-14 09:30', { fact: 'noShow', by: 'coach', forfeited: false }],
    ]);
  it('counts by either side, since the last session held', () => {
    expect(on(missed(), '01-15')).toEqual(['no-show 01-14 09:30']);
    expect(on(missed().held('p', '01-21 09:00'), '01-22')).toEqual([]);
  });
  it('not while it is disputed, nor once it is corrected', () => {
    const disputed = coachee().session('p', '01-14 09:00', [
      ['01-14 09:30', { fact: 'noShow', by: 'coachee', forfeited: true }],
      ['01-15', { fact: 'disputed', by: 'coachee' }],
    ]);
    expect(on(disputed, '01-14 12:00')).toHaveLength(1);
    expect(on(disputed, '01-16')).toEqual([]);
  });
});

describe('goals and check-ins', () => {
  const held = (programme = new Programme()) =>
    coachee(programme).held('p', '01-12 09:00', '01-26 09:00').session('p', '03-20 09:00', [], '01-12');
  it('no goal was agreed by the second session held', () => {
    expect(on(held(), '01-26')).toEqual([]);
    expect(on(held(), '01-27')).toEqual(['no-goal-after-second-session 01-26 10:01']);
    const agreed = held().goal('p', [
      ['01-12', { fact: 'proposed', ...aim }],
      ['02-02', { fact: 'agreed', ...aim }],
    ]);
    expect(on(agreed, '02-01')).toHaveLength(1);
    expect(on(agreed, '02-02')).toEqual([]);
  });
  it('no check-in for 21 days while a goal is open', () => {
    const agreed = (...told: Parameters<Programme['goal']>[1]) =>
      held().goal('p', [
        ['01-12', { fact: 'proposed', ...aim }],
        ['01-13', { fact: 'agreed', ...aim }],
        ...told,
      ]);
    expect(on(agreed(), '02-02')).toEqual([]);
    expect(on(agreed(), '02-03')).toEqual(['no-check-in 02-03 00:00']);
    const checkedIn = agreed(['01-20', { fact: 'checkedIn', by: 'coachee', movement: 'steady' }]);
    expect(on(checkedIn, '02-09')).toEqual([]);
    expect(on(checkedIn, '02-10')).toEqual(['no-check-in 02-10 00:00']);
    expect(on(agreed(['01-30', { fact: 'closed', outcome: 'attained' }]), '03-01')).toEqual([]);
  });
  it('a pulse brought no release by the day after it was due', () => {
    const asked = (day: string, pulseId: string, dueOn: string) =>
      [[day, { fact: 'pulseRequested', pulseId, theme: 'giving-feedback', dueOn, raters: 4 }]] as const;
    const released = (day: string, item = 'theme-behaviour') =>
      [day, { fact: 'pulsesReleased', pulseId: 'b', theme: 'giving-feedback', item }] as const;
    const goal = (...told: Parameters<Programme['goal']>[1]) =>
      held().goal('p', [
        ['01-12', { fact: 'proposed', ...aim }],
        ['01-13', { fact: 'agreed', ...aim }],
        ['02-01', { fact: 'checkedIn', by: 'coachee', movement: 'steady' }],
        ...told,
      ]);
    const pulsed = (...later: Parameters<Programme['pulse']>[1]) =>
      goal()
        .pulse('p', asked('01-14', 'a', '2026-01-25'))
        .pulse('p', [...asked('01-14', 'b', '2026-02-04'), ...later]);
    expect(on(pulsed(), '01-25 23:59')).toEqual([]);
    expect(on(pulsed(), '01-26')).toEqual(['pulse-overdue 01-26 00:00']);
    expect(on(pulsed(), '02-05')).toEqual(['pulse-overdue 02-05 00:00']);
    // Three answered what was due first, too late; or what was due last.
    expect(on(pulsed(released('01-25')), '02-05')).toEqual(['pulse-overdue 02-05 00:00']);
    expect(on(pulsed(released('01-27')), '02-05')).toEqual([]);
    expect(on(pulsed(released('02-06')), '02-06')).toEqual([]);
    expect(on(pulsed(released('02-06', 'one-to-ones-held')), '02-06')).toEqual(['pulse-overdue 02-05 00:00']);
    // Three answered about another theme.
    const other = { pulseId: 'c', theme: 'running-meetings' };
    const beside = goal()
      .pulse('p', asked('01-14', 'a', '2026-01-25'))
      .pulse('p', [
        ['01-14', { ...asked('', 'c', '2026-01-25')[0][1], ...other }],
        ['01-26', { ...released('')[1], ...other }],
      ]);
    expect(on(beside, '01-27')).toEqual(['pulse-overdue 01-26 00:00']);
    const moved = pulsed(['02-02', { ...asked('', 'b', '2026-02-09')[0][1] }], released('01-20'));
    expect(on(moved, '02-05')).toEqual([]);
    const closed = goal(['02-03', { fact: 'closed', outcome: 'attained' }]);
    expect(on(closed.pulse('p', asked('01-14', 'a', '2026-02-02')), '02-03')).toEqual([]);
    const cancelled = goal()
      .session(
        'p',
        '02-06 09:00',
        [['02-02', { fact: 'cancelled', by: 'coach', late: false, forfeited: false }]],
        '01-12',
      )
      .pulse('p', asked('01-14', 'a', '2026-02-05'));
    expect(on(cancelled, '02-06')).toEqual([]);
    const counted = pulsed();
    const [signal] = signalsOf(counted.asOf('02-05').participants[0]!, counted.asOf('02-05'));
    expect(signal).toMatchObject({
      evidence: { pulsesOverdue: 1, ratersAsked: 4 },
      action: { code: 'remind-the-raters' },
    });
  });
  it('for 35 at a monthly cadence', () => {
    const monthly = held(new Programme({ cadence: 'monthly' })).goal('p', [
      ['01-12', { fact: 'proposed', ...aim }],
      ['01-13', { fact: 'agreed', ...aim }],
    ]);
    expect(on(monthly, '02-16')).toEqual([]);
    expect(on(monthly, '02-17')).toEqual(['no-check-in 02-17 00:00']);
  });
  it('paused days are no days without a check-in', () => {
    // Agreed on 13 January and paused from the 17th up to 16 February: 4 days before it, 17 to go after it.
    const paused = coachee(
      new Programme(),
      ['01-14', { fact: 'paused', day: '2026-01-17', reason: 'workload' }],
      ['02-10', { fact: 'resumed', day: '2026-02-16' }],
    )
      .session('p', '03-20 09:00', [], '01-12')
      .goal('p', [
        ['01-12', { fact: 'proposed', ...aim }],
        ['01-13', { fact: 'agreed', ...aim }],
      ]);
    expect(on(paused, '03-04')).toEqual([]);
    expect(on(paused, '03-05')).toEqual(['no-check-in 03-05 00:00']);
    const later = paused.asOf('03-07');
    expect(signalsOf(later.participants[0]!, later)[0]!.evidence).toMatchObject({ daysSinceLastCheckIn: 23 });
  });
});

describe('after a rematch', () => {
  const asked = { pulseId: 'a', theme: 'giving-feedback', dueOn: '2026-01-25', raters: 4 };
  /** A goal that was never closed, with a pulse that nobody answered; the next engagement began on 28 January. */
  const rematched = () =>
    coachee()
      .engagement('p', [
        ['01-07', { fact: 'planned', day: '2026-01-07' }],
        ['01-28', { fact: 'ended', reason: 'rematch' }],
      ])
      .session('p', '01-26 09:00', [], '01-12')
      .goal('p', [
        ['01-12', { fact: 'proposed', ...aim }],
        ['01-13', { fact: 'agreed', ...aim }],
      ])
      .pulse('p', [['01-14', { fact: 'pulseRequested', ...asked }]])
      .rematched('p')
      .engagement('p', [['01-28', { fact: 'planned', day: '2026-01-28' }]])
      .session('p', '03-20 09:00', [], '01-28');

  it('nobody is asked about the goals of before', () => {
    expect(on(rematched(), '01-27')).toEqual(['pulse-overdue 01-26 00:00']);
    expect(on(rematched(), '01-28')).toEqual([]);
    expect(on(rematched(), '03-01')).toEqual([]);
  });
  it('nobody is asked about moves and no-shows with the former coach, though no session was held since', () => {
    const cancelled = { fact: 'cancelled', by: 'coach', late: true, forfeited: false } as const;
    const failing = (...end: Parameters<Programme['engagement']>[1]) =>
      coachee()
        .engagement('p', [['01-07', { fact: 'planned', day: '2026-01-07' }], ...end])
        .session('p', '01-14 09:00', [['01-14', cancelled]], '01-08')
        .session('p', '01-20 09:00', [['01-20', cancelled]], '01-08')
        .session('p', '01-23 09:00', [['01-23 10:00', { fact: 'noShow', by: 'coach', forfeited: false }]]);
    expect(on(failing(), '01-29')).toEqual(['moves-in-a-row 01-20 00:00', 'no-show 01-23 10:00']);
    const next = failing(['01-28', { fact: 'ended', reason: 'rematch' }])
      .rematched('p')
      .engagement('p', [['01-28', { fact: 'planned', day: '2026-01-28' }]]);
    expect(on(next, '01-29')).toEqual([]);
    expect(on(next.session('p', '02-02 09:00', [['02-02', cancelled]], '01-28'), '02-03')).toEqual([]);
  });
  it('a goal is to be agreed by the second session with the next coach', () => {
    expect(on(rematched().held('p', '02-02 09:00'), '03-01')).toEqual([]);
    const twice = () => rematched().held('p', '02-02 09:00', '02-09 09:00');
    expect(on(twice(), '03-01')).toEqual(['no-goal-after-second-session 02-09 10:01']);
    const agreed = twice().goal('p', [
      ['02-10', { fact: 'proposed', ...aim }],
      ['02-11', { fact: 'agreed', ...aim }],
    ]);
    expect(on(agreed, '03-01')).toEqual([]);
    expect(on(agreed, '03-04')).toEqual(['no-check-in 03-04 00:00']);
  });
});

describe('an invitation', () => {
  const invited = new Programme().enrolled('p', [
    ['01-05', { fact: 'invited', deadline: Date.UTC(2026, 0, 19) }],
    ['01-19', { fact: 'expired', deadline: Date.UTC(2026, 0, 19) }],
    ['02-01', { fact: 'invited', deadline: Date.UTC(2026, 1, 15) }],
    ['02-03', { fact: 'declined', reason: 'too-busy' }],
  ]);
  it('is unanswered from its deadline on, until the person is invited again', () => {
    expect(on(invited, '01-18 23:59')).toEqual([]);
    expect(on(invited, '01-19')).toEqual(['invitation-unanswered 01-19 00:00']);
    expect(on(invited, '01-25')).toEqual(['invitation-unanswered 01-19 00:00']);
    expect(on(invited, '02-02')).toEqual([]);
  });
  it('that was declined is answered', () => expect(on(invited, '03-01')).toEqual([]));
});

it('several come oldest first, whichever rule they are of', () => {
  const twice = coachee().held('p', '01-14 09:00', '01-20 09:00');
  expect(on(twice, '03-01')).toEqual([
    'no-goal-after-second-session 01-20 10:01',
    'nothing-booked 02-10 09:00',
  ]);
});

it('who has ended has no signals', () => {
  const ended = coachee(new Programme(), ['02-01', { fact: 'discontinued', reason: 'too-busy' }]);
  expect(on(ended, '01-31')).toHaveLength(1);
  expect(on(ended, '02-01')).toEqual([]);
});
