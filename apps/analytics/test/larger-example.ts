import { idOf, plus, publishing, utc } from './publishing.js';
import { policy } from './worked-example.js';

/**
 * The larger programme of docs/reference/worked-example.md: what needs more people than twelve. The same tenant's, and in
 * the months after theirs.
 */
const { events, say } = publishing();
const programId = idOf('larger program');
const cohorts = { C: idOf('cohort C'), D: idOf('cohort D') };

say(`program-${programId}`, 'ProgramCreated', utc('04-01 09:00'), {
  programId,
  name: 'Leading through change',
  track: 'manager',
  startsOn: '2026-04-01',
  endsOn: '2026-09-30',
  zone: 'Europe/Berlin',
  cadence: 'bi-weekly',
  allotment: 8,
  capacity: 24,
  activationDays: 14,
  sessionPolicy: policy,
  minimumGroup: 5,
  themes: ['giving-feedback', 'navigating-conflict'],
  costPerSession: { amount: 200, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: false,
});
for (const [name, cohortId] of Object.entries(cohorts))
  say(`cohort-${cohortId}`, 'CohortOpened', utc('04-01 10:00'), {
    programId,
    cohortId,
    name: `Cohort ${name}`,
    opensOn: '2026-04-01',
  });

const people = Array.from({ length: 24 }, (_, n) => `L${String(n + 1).padStart(2, '0')}`);
const enrolled = (person: string) => ({
  enrollmentId: idOf(`enrollment ${person}`),
  programId,
  cohortId: person <= 'L12' ? cohorts.C : cohorts.D,
  personId: idOf(`person ${person}`),
});
const match = (person: string, again = '') => ({
  ...enrolled(person),
  matchId: idOf(`match ${person}${again}`),
});
const coachOf = (person: string) => idOf(`coach ${person <= 'L08' ? 'C4' : person <= 'L16' ? 'C5' : 'C6'}`);

for (const person of people) {
  const of = enrolled(person);
  const stream = `enrollment-${of.enrollmentId}`;
  say(
    `person-${of.personId}`,
    'PersonAdded',
    '2021-03-01T00:00:00.000Z',
    {
      personId: of.personId,
      startedOn: '2021-03-01',
      placeholder: false,
      level: 'manager',
      department: 'Production',
      location: 'Dresden',
      dateBasis: 'column',
    },
    utc('04-01 08:00'),
  );
  say(stream, 'ParticipantNominated', utc('04-02 08:00'), { ...of, by: 'hr' });
  say(stream, 'InvitationSent', utc('04-02 10:00'), { ...of, deadline: utc('04-16 10:00'), number: 1 });
  say(stream, 'EnrollmentActivated', utc('04-10 09:00'), { ...of, privacyNoticeVersion: '1' });
  const { matchId } = match(person);
  say(`match-${matchId}`, 'MatchRequested', utc('04-10 09:00'), { ...match(person), kind: 'first' });
  say(`match-${matchId}`, 'CoachMatched', utc('04-20 09:00'), {
    ...match(person),
    coachId: coachOf(person),
    score: 0.8,
    parts: [{ name: 'themes', weight: 1, value: 0.8 }],
    assigned: 'bulk',
  });
}

/** What they answered of themselves about giving feedback: six people each way, so that there are three in each cohort. */
type Answers = readonly [number, number, number];
const WAYS: readonly (readonly [before: Answers, after: Answers])[] = [
  [[3, 3, 3], [4, 5, 4]], // prettier-ignore
  [[4, 3, 5], [5, 4, 5]], // prettier-ignore
  [[4, 4, 5], [4, 4, 5]], // prettier-ignore
  [[6, 5, 5], [5, 5, 5]], // prettier-ignore
];
/** What the managers of some of them answered: from which to which person. */
const BY_MANAGERS: readonly (readonly [first: string, last: string, before: Answers, after: Answers])[] = [
  ['L01', 'L04', [3, 3, 3], [4, 4, 4]],
  ['L05', 'L07', [4, 4, 4], [5, 5, 4]],
  ['L13', 'L15', [4, 4, 4], [5, 5, 4]],
  ['L16', 'L19', [5, 5, 5], [5, 5, 5]],
];
function assess(
  person: string,
  moment: 'baseline' | 'followUp',
  at: string,
  answers: readonly (readonly ['self' | 'manager', Answers])[],
): void {
  const assessmentId = idOf(`${moment} ${person}`);
  say(`assessment-${assessmentId}`, 'ResultsReleased', at, {
    assessmentId,
    ...enrolled(person),
    moment,
    questionnaire: 'cairn-management',
    questionnaireVersion: 1,
    results: answers.map(([category, items]) => ({
      theme: 'giving-feedback',
      category,
      raters: 1,
      mean: items.reduce((sum, each) => sum + each, 0) / 3,
      sd: null,
      itemMeans: [...items],
    })),
  });
}
for (const [n, person] of people.entries()) {
  const own = WAYS[n % WAYS.length]!;
  const managers = BY_MANAGERS.find(([first, last]) => first <= person && person <= last);
  const said = (nth: 0 | 1) => [
    ['self', own[nth]] as const,
    ...(managers ? [['manager', managers[nth + 2] as Answers] as const] : []),
  ];
  assess(person, 'baseline', plus(utc('04-13 15:00'), n * 60_000), said(0));
  assess(person, 'followUp', plus(utc('06-15 15:00'), n * 60_000), said(1));
}

type Asked = readonly [by: 'coachee' | 'coach' | 'program', reason: 'fit' | 'schedule' | 'other']; // prettier-ignore
const ASKED: readonly Asked[] = [
  ['coachee', 'fit'],
  ['coachee', 'fit'],
  ['coachee', 'fit'],
  ['coachee', 'schedule'],
  ['coachee', 'schedule'],
  ['coachee', 'other'],
  ['coach', 'schedule'],
  ['program', 'fit'],
];
for (const [n, [by, reason]] of ASKED.entries()) {
  const person = people[2 * n]!;
  const at = utc(`06-1${n} 12:00`);
  const coachId = coachOf(person);
  say(`match-${match(person).matchId}`, 'RematchRequested', at, { ...match(person), coachId, by, reason });
  const next = match(person, ' again');
  say(`match-${next.matchId}`, 'MatchRequested', at, { ...next, kind: 'rematch' });
}

/** Each stream in its order; the streams one after another. */
export const LARGER_EXAMPLE = events;
