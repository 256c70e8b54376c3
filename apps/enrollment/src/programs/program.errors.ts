import type { Refusal } from '@cairn/decider';

const invalid = (slug: string, pointer: string, detail: string): Refusal => ({
  kind: 'invalid',
  slug,
  detail,
  errors: [{ pointer, detail }],
});

export const noSuchProgram = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such programme.',
});
export const noSuchCohort = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'The programme has no such cohort.',
});
export const endsBeforeItStarts = (pointer: '/endsOn' | '/changes/endsOn') =>
  invalid('ends-before-it-starts', pointer, 'endsOn must be after startsOn.');
export const minimumGroupTooSmall = () =>
  invalid('minimum-group', '/minimumGroup', 'The minimum group is 3 people or more.');
export const minimumGroupOnlyRaised = (current: number) =>
  invalid(
    'minimum-group',
    '/changes/minimumGroup',
    `The minimum group is ${current} and can only be raised, since smaller groups were promised protection.`,
  );
export const participationOnlyClosed = () =>
  invalid(
    'participation-only-closed',
    '/changes/managersSeeParticipation',
    'Participation can be closed to managers, but not opened once the programme is created: coachees accepted a privacy notice that said who sees it.',
  );
export const policyVersionUsed = (current: number) =>
  invalid(
    'policy-version',
    '/changes/sessionPolicy/version',
    `A changed session policy needs a version above ${current}: outcomes name the version that judged them.`,
  );
export const onlyOnceTheDayHasCome = (names: readonly string[], effectiveOn: string) =>
  invalid(
    'effective-later',
    '/effectiveOn',
    `A change of ${names.join(' and ')} acts at once and cannot be given ahead: give it on ${effectiveOn}, when the day has come. Other values can be given ahead.`,
  );
export const rulesUnusable = (errors: Refusal['errors']): Refusal => ({
  kind: 'invalid',
  slug: 'eligibility-rules',
  detail: 'The rules cannot be used as they are; see errors.',
  errors,
});
export const triggersUnusable = (errors: Refusal['errors']): Refusal => ({
  kind: 'invalid',
  slug: 'triggers',
  detail: 'The triggers cannot be used as they are; see errors.',
  errors,
});
export const noSuchProposal = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such proposal, or not any more.',
});
export const noRules = (): Refusal => ({
  kind: 'conflict',
  slug: 'no-eligibility-rules',
  detail:
    'The programme has no eligibility rules to evaluate by; define them first. Without rules everybody is eligible.',
});
export const cohortNameTaken = (name: string): Refusal => ({
  kind: 'conflict',
  slug: 'cohort-name-taken',
  detail: `The programme already has a cohort named "${name}"; case and spaces make no other name of it.`,
});
export const opensAfterTheEnd = (endsOn: string) =>
  invalid(
    'opens-after-end',
    '/opensOn',
    `opensOn must not be after the programme’s end, ${endsOn}: open it earlier, or move the programme’s end first.`,
  );
export const cohortIsClosed = (): Refusal => ({
  kind: 'conflict',
  slug: 'cohort-closed',
  detail: 'The cohort is closed: nobody can be nominated into it any more.',
  extra: { state: 'closed' },
});
