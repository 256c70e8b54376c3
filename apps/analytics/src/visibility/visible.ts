/**
 * How somebody sees something of a coachee: by their name (`you`), where the coachee shares it, of enough people together
 * (`whole`), or not at all.
 */
export type Seen = 'you' | 'if-you-share' | 'whole' | 'no';

export interface Visible {
  readonly what: string;
  readonly coach: Seen;
  readonly hr: Seen;
  readonly 'program-admin': Seen;
  readonly manager: Seen;
  readonly sponsor: Seen;
}

const row = (what: string, coach: Seen, hr: Seen, admin: Seen, manager: Seen, sponsor: Seen): Visible => ({
  what,
  coach,
  hr,
  'program-admin': admin,
  manager,
  sponsor,
});

/** The table "who may see what" of the domain, as it holds in a programme. */
export const visibleIn = (managersSeeParticipation: boolean): readonly Visible[] => [
  row('name-and-place', 'you', 'you', 'you', 'you', 'no'),
  row('participation', 'you', 'you', 'you', managersSeeParticipation ? 'you' : 'whole', 'whole'),
  row('eligibility', 'no', 'you', 'you', 'no', 'no'),
  row('team-baseline', 'no', 'you', 'you', 'no', 'no'),
  row('matching-preferences', 'you', 'you', 'no', 'no', 'no'),
  row('match', 'you', 'you', 'you', 'no', 'no'),
  row('fit-signals', 'whole', 'whole', 'whole', 'no', 'whole'),
  row('rematch-reason', 'no', 'whole', 'whole', 'no', 'whole'),
  row('theme-and-goal-status', 'you', 'you', 'whole', 'if-you-share', 'whole'),
  row('goal-text', 'you', 'if-you-share', 'no', 'no', 'no'),
  row('ratings-and-feedback', 'whole', 'whole', 'whole', 'no', 'whole'),
  row('session-themes', 'you', 'whole', 'whole', 'no', 'whole'),
  row('observed-attainment', 'you', 'whole', 'whole', 'no', 'whole'),
  row('pulses', 'you', 'whole', 'whole', 'no', 'whole'),
  row('pulse-raters', 'no', 'you', 'you', 'no', 'no'),
  row('assessment-progress', 'if-you-share', 'you', 'you', 'no', 'no'),
  row('assessment-raters', 'no', 'you', 'you', 'no', 'no'),
  row('assessment-results', 'if-you-share', 'whole', 'whole', 'no', 'whole'),
  row('priorities', 'if-you-share', 'no', 'no', 'no', 'no'),
  row('session-notes', 'no', 'no', 'no', 'no', 'no'),
  row('single-answers-of-raters', 'no', 'no', 'no', 'no', 'no'),
];
