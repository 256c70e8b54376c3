import type { ReceivedContract } from '@cairn/contracts';
import { idOf, plus, publishing, utc } from './publishing.js';

export { idOf, TENANT, utc } from './publishing.js';

/**
 * The worked example of docs/reference/worked-example.md, as the events that were published: twelve people, three
 * months, with a pause, a correction, a decline, a leaver and two rematches. The values are worked out by hand in that page.
 */
export const PROGRAM = idOf('program');
export const COHORTS = { A: idOf('cohort A'), B: idOf('cohort B') };
export const personId = (person: string): string => idOf(`person ${person}`);

const HOUR = 3_600_000;

const { events, say } = publishing();

export const policy = {
  version: 1,
  noticeHours: 24,
  lateCancelForfeits: true,
  noShowForfeits: true,
  silenceHours: 72,
  disputeHours: 72,
};

say(`program-${PROGRAM}`, 'ProgramCreated', utc('01-02 09:00'), {
  programId: PROGRAM,
  name: 'Leading well',
  track: 'manager',
  startsOn: '2026-01-05',
  endsOn: '2026-04-30',
  zone: 'Europe/Berlin',
  cadence: 'bi-weekly',
  allotment: 6,
  capacity: 10,
  activationDays: 14,
  sessionPolicy: policy,
  minimumGroup: 5,
  themes: [
    'giving-feedback',
    'performance-conversations',
    'navigating-conflict',
    'developing-direct-reports',
  ],
  costPerSession: { amount: 200, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: true,
});
for (const [name, cohortId] of Object.entries(COHORTS))
  say(`cohort-${cohortId}`, 'CohortOpened', utc('01-02 10:00'), {
    programId: PROGRAM,
    cohortId,
    name: `Cohort ${name}`,
    opensOn: '2026-01-05',
  });

/** The head of the team that the twelve belong to is P00; P01 leads P02 and P03. */
const people: [person: string, department: string, level: 'manager' | 'director', manager?: string][] = [
  ['P00', 'Operations', 'director'],
  ['P01', 'Operations', 'director', 'P00'],
  ['P02', 'Operations', 'manager', 'P01'],
  ['P03', 'Operations', 'manager', 'P01'],
  ['P04', 'Operations', 'manager', 'P00'],
  ['P05', 'Operations', 'manager', 'P00'],
  ['P06', 'Operations', 'manager', 'P00'],
  ['P07', 'Sales', 'manager', 'P00'],
  ['P08', 'Sales', 'manager', 'P00'],
  ['P09', 'Sales', 'manager', 'P00'],
  ['P10', 'Sales', 'manager', 'P00'],
  ['P11', 'Sales', 'manager', 'P00'],
  ['P12', 'Sales', 'director', 'P00'],
];
for (const [person, department, level, manager] of people)
  say(
    `person-${personId(person)}`,
    'PersonAdded',
    '2020-03-01T00:00:00.000Z',
    {
      personId: personId(person),
      startedOn: '2020-03-01',
      placeholder: false,
      level,
      department,
      location: 'Hamburg',
      ...(manager ? { managerId: personId(manager) } : {}),
      dateBasis: 'column',
    },
    utc('01-02 08:00'),
  );

const enrolled = (person: string) => ({
  enrollmentId: idOf(`enrollment ${person}`),
  programId: PROGRAM,
  cohortId: person <= 'P07' ? COHORTS.A : COHORTS.B,
  personId: personId(person),
});
const enrollment = (person: string) => `enrollment-${idOf(`enrollment ${person}`)}`;

const waiting = ['P11', 'P12'];
const invited = people.map(([person]) => person).filter((person) => person !== 'P00');
for (const person of invited)
  say(enrollment(person), 'ParticipantNominated', utc('01-05 08:00'), { ...enrolled(person), by: 'hr' });

const invite = (person: string, at: string, number = 1) =>
  say(enrollment(person), 'InvitationSent', at, {
    ...enrolled(person),
    deadline: plus(at, 14 * 24 * HOUR),
    number,
  });
for (const person of invited.filter((each) => !waiting.includes(each))) invite(person, utc('01-05 10:00'));
waiting.forEach((person, n) =>
  say(enrollment(person), 'ParticipantWaitlisted', utc('01-05 10:00'), {
    ...enrolled(person),
    place: n + 1,
    reason: 'programme-full',
  }),
);
say(enrollment('P09'), 'InvitationDeclined', utc('01-08 12:00'), { ...enrolled('P09'), reason: 'too-busy' });
invite('P11', utc('01-08 12:00'));
say(enrollment('P10'), 'InvitationExpired', utc('01-19 10:00'), {
  ...enrolled('P10'),
  deadline: utc('01-19 10:00'),
});
invite('P12', utc('01-19 10:00'));
invite('P10', utc('03-25 10:00'), 2);

const coachOf = (person: string): string =>
  idOf(`coach ${person <= 'P03' ? 'C1' : person <= 'P06' ? 'C2' : 'C3'}`);
const coachStream = (coach: string) => `coach-${idOf(`coach ${coach}`)}`;
for (const coach of ['C1', 'C2', 'C3'])
  say(coachStream(coach), 'CoachApproved', utc('01-03 09:00'), {
    coachId: idOf(`coach ${coach}`),
    capacity: 4,
    levels: ['manager', 'director'],
    specialties: ['giving-feedback'],
    styles: ['direct'],
    languages: ['en'],
    zone: 'Europe/Berlin',
  });

// C1's and C2's credentials, and what C1 was reassessed to be.
const ICF = { issuer: 'ICF' } as const;
const [ofC1, ofC2] = [{ coachId: idOf('coach C1') }, { coachId: idOf('coach C2') }];
const PCC = { ...ofC1, ...ICF, credential: 'PCC', expiresOn: '2026-12-31' };
const ACC = { ...ofC2, ...ICF, credential: 'ACC', expiresOn: '2026-02-28' };
say(coachStream('C1'), 'CredentialRecorded', utc('01-03 10:00'), PCC);
say(coachStream('C1'), 'CoachReassessed', utc('03-02 09:00'), {
  ...ofC1,
  outcome: 'passed',
  cause: 'by-hand',
});
say(coachStream('C2'), 'CredentialRecorded', utc('01-03 10:00'), ACC);
say(coachStream('C2'), 'CredentialExpired', utc('02-28 23:00'), {
  ...ofC2,
  ...ICF,
  credential: 'ACC',
  on: '2026-02-28',
});

const match = (person: string) => ({ ...enrolled(person), matchId: idOf(`match ${person}`) });
const matchStream = (person: string) => `match-${match(person).matchId}`;
const engaged = (person: string) => ({
  ...enrolled(person),
  engagementId: idOf(`engagement ${person}`),
  coachId: coachOf(person),
});
const engagement = (person: string) => `engagement-${engaged(person).engagementId}`;

function activate(person: string, day: string): void {
  const at = utc(`${day} 09:00`);
  say(enrollment(person), 'EnrollmentActivated', at, { ...enrolled(person), privacyNoticeVersion: '1' });
  say(enrollment(person), 'SessionsAllotted', at, { ...enrolled(person), count: 6, total: 6 });
  say(matchStream(person), 'MatchRequested', at, { ...match(person), kind: 'first' });
}
function found(person: string, day: string, score: number): void {
  const at = utc(`${day} 09:00`);
  const coachId = coachOf(person);
  say(matchStream(person), 'CoachMatched', at, {
    ...match(person),
    coachId,
    score,
    parts: [{ name: 'themes', weight: 1, value: score }],
    assigned: 'bulk',
  });
  say(engagement(person), 'EngagementPlanned', at, {
    ...engaged(person),
    matchId: match(person).matchId,
    endsOn: '2026-04-30',
    cadence: 'bi-weekly',
    zone: 'Europe/Berlin',
    allotment: 6,
    policy,
  });
}
function over(person: string, at: string, reason: string): void {
  say(matchStream(person), 'MatchEnded', at, { ...match(person), coachId: coachOf(person), reason });
}

activate('P01', '01-07');
activate('P02', '01-07');
activate('P03', '01-08');
activate('P04', '01-08');
activate('P05', '01-09');
activate('P06', '01-09');
activate('P07', '01-12');
activate('P08', '01-14');
activate('P11', '01-20');
activate('P12', '01-30');
activate('P10', '03-28');
say(matchStream('P12'), 'NoCoachAvailable', utc('02-02 09:00'), { ...match('P12'), constraint: 'capacity' });

const pause = (person: string, at: string, from: string) => {
  say(enrollment(person), 'EnrollmentPaused', at, { ...enrolled(person), from, reason: 'workload' });
};
const resume = (person: string, at: string, on: string) =>
  say(enrollment(person), 'EnrollmentResumed', at, { ...enrolled(person), on });
pause('P07', utc('01-14 12:00'), '2026-01-15');
resume('P07', utc('01-17 12:00'), '2026-01-18');

found('P01', '01-09', 0.85);
found('P02', '01-10', 0.8);
found('P03', '01-12', 0.7);
found('P05', '01-12', 0.6);
found('P04', '01-13', 0.9);
found('P06', '01-15', 0.65);
found('P07', '01-22', 0.5);
found('P11', '01-28', 0.7);

say(matchStream('P08'), 'MatchRequestWithdrawn', utc('01-26 09:00'), { ...match('P08'), reason: 'too-busy' });
say(enrollment('P08'), 'EnrollmentDiscontinued', utc('01-26 09:00'), {
  ...enrolled('P08'),
  reason: 'too-busy',
});

const sessionId = (person: string, day: string) => idOf(`session ${person} ${day}`);
const session = (person: string, day: string) => `session-${sessionId(person, day)}`;
const of = (person: string, day: string) => ({ ...engaged(person), sessionId: sessionId(person, day) });

const booked = new Map<string, string>();

/** 10:00 in Berlin, for an hour; booked three days ahead unless told otherwise. */
function book(person: string, day: string, at?: string): void {
  const startsAt = utc(`${day} ${day < '03-29' ? '09:00' : '08:00'}`);
  const bookedAt = at ?? plus(startsAt, -3 * 24 * HOUR);
  booked.set(session(person, day), bookedAt);
  say(session(person, day), 'SessionScheduled', bookedAt, {
    ...of(person, day),
    startsAt,
    endsAt: plus(startsAt, HOUR),
    zone: 'Europe/Berlin',
    by: 'coach',
  });
}
const completed = (person: string, day: string, at: string, auto = false, recordedAt?: string) =>
  say(
    session(person, day),
    'SessionCompleted',
    at,
    { ...of(person, day), durationMinutes: 60, auto, policyVersion: 1 },
    recordedAt,
  );
function held(person: string, ...days: string[]): void {
  for (const day of days) {
    book(person, day);
    say(session(person, day), 'SessionConfirmed', utc(`${day} 10:05`), { ...of(person, day), by: 'coach' });
    completed(person, day, utc(`${day} 10:05`));
  }
}
const cancel = (
  person: string,
  day: string,
  at: string,
  by: 'coachee' | 'coach' | 'cairn',
  noticeHours: number,
) => {
  const late = noticeHours < 24 && by !== 'cairn';
  const forfeited = late && by === 'coachee';
  say(session(person, day), 'SessionCancelled', at, {
    ...of(person, day),
    by,
    noticeHours,
    late,
    policyVersion: 1,
    forfeited,
  });
  if (forfeited) forfeit(person, day, at, 'late-cancel');
};
const forfeit = (person: string, day: string, at: string, cause: 'late-cancel' | 'no-show') =>
  say(session(person, day), 'SessionForfeited', at, { ...of(person, day), cause, policyVersion: 1 });
function missed(person: string, day: string, party: 'coachee' | 'coach'): void {
  book(person, day);
  const at = utc(`${day} 09:30`);
  const forfeited = party === 'coachee';
  say(session(person, day), 'NoShowRecorded', at, { ...of(person, day), party, policyVersion: 1, forfeited });
  if (forfeited) forfeit(person, day, at, 'no-show');
}
const move = (
  person: string,
  day: string,
  at: string,
  by: 'coachee' | 'coach',
  fromStart: string,
  toStart: string,
) =>
  say(session(person, day), 'SessionRescheduled', at, {
    ...of(person, day),
    by,
    noticeHours: (Date.parse(fromStart) - Date.parse(at)) / HOUR,
    from: { startsAt: fromStart, endsAt: plus(fromStart, HOUR) },
    to: { startsAt: toStart, endsAt: plus(toStart, HOUR) },
    zone: 'Europe/Berlin',
  });
const awaiting = (person: string, day: string, at: string) =>
  say(session(person, day), 'SessionAwaitingConfirmation', at, of(person, day));

// P01: all six held; the allotment is used, so the enrolment completes early.
held('P01', '01-14', '01-28', '02-11', '02-25', '03-11', '03-25');
say(engagement('P01'), 'AllotmentUsed', utc('03-25 10:05'), {
  ...engaged('P01'),
  completed: 6,
  forfeited: 0,
  total: 6,
});
say(enrollment('P01'), 'EnrollmentCompleted', utc('03-25 10:05'), { ...enrolled('P01'), early: true });
say(engagement('P01'), 'EngagementCompleted', utc('03-25 10:05'), engaged('P01'));
over('P01', utc('03-25 10:05'), 'completed');

// P02: a no-show that was none (corrected), one confirmed by silence, one cancelled late by the coach.
held('P02', '01-15');
missed('P02', '01-29', 'coachee');
say(session('P02', '01-29'), 'SessionDisputed', utc('02-01 08:00'), {
  ...of('P02', '01-29'),
  by: 'coachee',
  reason: 'it-took-place',
});
say(session('P02', '01-29'), 'OutcomeCorrected', utc('02-03 15:00'), {
  ...of('P02', '01-29'),
  from: 'coachee-no-show',
  to: 'completed',
  forfeited: false,
  by: 'program-admin',
  reason: 'it-took-place',
});
book('P02', '02-12');
awaiting('P02', '02-12', utc('02-12 10:00'));
say(session('P02', '02-12'), 'SessionAutoConfirmed', utc('02-15 10:00'), {
  ...of('P02', '02-12'),
  evidence: ['note'],
});
completed('P02', '02-12', utc('02-15 10:00'), true);
held('P02', '02-26');
book('P02', '03-12');
cancel('P02', '03-12', utc('03-11 23:00'), 'coach', 10);
held('P02', '03-26');

// P03: two sessions moved, one of them twice; a late cancellation; one that nobody confirmed.
held('P03', '01-16');
book('P03', '01-30');
move('P03', '01-30', utc('01-28 10:00'), 'coachee', utc('01-30 09:00'), utc('02-02 09:00'));
completed('P03', '01-30', utc('02-02 10:05'));
book('P03', '02-13');
move('P03', '02-13', utc('02-11 10:00'), 'coach', utc('02-13 09:00'), utc('02-16 09:00'));
move('P03', '02-13', utc('02-13 10:00'), 'coachee', utc('02-16 09:00'), utc('02-18 09:00'));
completed('P03', '02-13', utc('02-18 10:05'));
held('P03', '02-27');
book('P03', '03-13');
cancel('P03', '03-13', utc('03-12 20:00'), 'coachee', 13);
book('P03', '03-27');
awaiting('P03', '03-27', utc('03-27 10:00'));
say(session('P03', '03-27'), 'SessionUnconfirmed', utc('03-30 10:00'), {
  ...of('P03', '03-27'),
  policyVersion: 1,
});

// P04: paused from 10 February to 5 March.
held('P04', '01-21', '02-04');
book('P04', '02-18', utc('02-05 09:00'));
pause('P04', utc('02-09 12:00'), '2026-02-10');
cancel('P04', '02-18', utc('02-09 12:00'), 'cairn', 213);
resume('P04', utc('03-05 12:00'), '2026-03-06');
held('P04', '03-11');
book('P04', '03-25', utc('03-12 09:00'));
cancel('P04', '03-25', utc('03-20 10:00'), 'coachee', 119);
book('P04', '04-08', utc('03-20 10:00'));

// P05: told of late, a no-show by each side, a dispute that stays open.
book('P05', '01-22');
completed('P05', '01-22', utc('01-22 10:05'), false, utc('02-10 08:00'));
held('P05', '02-05');
missed('P05', '02-19', 'coachee');
held('P05', '03-05');
say(session('P05', '03-05'), 'SessionDisputed', utc('03-07 12:00'), {
  ...of('P05', '03-05'),
  by: 'coachee',
  reason: 'did-not-take-place',
});
missed('P05', '03-19', 'coach');
book('P05', '04-02', utc('03-20 09:00'));

// P06 leaves the company on 13 February.
held('P06', '01-23', '02-06');
book('P06', '02-20', utc('02-10 09:00'));
say(`person-${personId('P06')}`, 'PersonLeft', utc('02-13 09:00'), {
  personId: personId('P06'),
  leftOn: '2026-02-13',
  dateBasis: 'column',
});
say(enrollment('P06'), 'EnrollmentDiscontinued', utc('02-13 09:00'), {
  ...enrolled('P06'),
  reason: 'left-the-company',
});
over('P06', utc('02-13 09:00'), 'left-the-company');
cancel('P06', '02-20', utc('02-13 09:00'), 'cairn', 168);
say(engagement('P06'), 'EngagementEnded', utc('02-13 09:00'), {
  ...engaged('P06'),
  reason: 'left-the-company',
});
say(engagement('P06'), 'SessionsReturned', utc('02-13 09:00'), { ...engaged('P06'), count: 4 });

// P07 holds two and goes silent. P11 has one that awaits confirmation.
held('P07', '02-04', '02-18');
held('P11', '02-12', '02-26', '03-12');
book('P11', '03-26');
move('P11', '03-26', utc('03-25 09:00'), 'coach', utc('03-26 09:00'), utc('03-30 08:00'));
awaiting('P11', '03-26', utc('03-30 09:00'));

const goalOf = (person: string, goal: string) => ({ ...engaged(person), goalId: idOf(`goal ${goal}`) });
const goal = (name: string) => `goal-${idOf(`goal ${name}`)}`;
function propose(
  name: string,
  person: string,
  theme: string,
  weight: number,
  targetDate: string,
  at: string,
) {
  say(goal(name), 'GoalProposed', at, { ...goalOf(person, name), by: 'coachee', theme, weight, targetDate });
  return () =>
    say(goal(name), 'GoalAgreed', plus(at, 600_000), { ...goalOf(person, name), theme, weight, targetDate });
}
function agree(
  name: string,
  person: string,
  theme: string,
  weight: number,
  target: string,
  at: string,
  baselineLevel?: -2 | -1,
) {
  propose(name, person, theme, weight, `2026-${target}`, at)();
  if (baselineLevel !== undefined)
    say(goal(name), 'AttainmentScaleDefined', plus(at, 900_000), { ...goalOf(person, name), baselineLevel });
}
const checkIn = (name: string, person: string, at: string) =>
  say(goal(name), 'CheckInRecorded', at, { ...goalOf(person, name), by: 'coachee', movement: 'forward' });
const commit = (name: string, person: string, at: string, dueOn: string) =>
  say(goal(name), 'PracticeCommitted', at, {
    ...goalOf(person, name),
    practiceId: idOf(`practice ${name}`),
    dueOn,
  });
const report = (name: string, person: string, at: string, done: 'yes' | 'partly') =>
  say(goal(name), 'PracticeReported', at, {
    ...goalOf(person, name),
    practiceId: idOf(`practice ${name}`),
    done,
  });
function close(
  name: string,
  person: string,
  at: string,
  outcome: 'attained' | 'partlyAttained' | 'notAttained' | 'dropped',
  level?: -1 | 0 | 1,
): void {
  if (level !== undefined)
    say(goal(name), 'AttainmentScored', at, {
      ...goalOf(person, name),
      level,
      scorer: 'self',
      moment: 'closing',
    });
  say(goal(name), 'GoalClosed', plus(at, 60_000), { ...goalOf(person, name), outcome });
}
/** The coach scores a goal too, before it is closed. */
const observe = (name: string, person: string, at: string, level: -1 | 0 | 1) =>
  say(goal(name), 'AttainmentScored', utc(at), {
    ...goalOf(person, name),
    level,
    scorer: 'observed',
    moment: 'closing',
  });

agree('G1', 'P01', 'giving-feedback', 2, '03-20', utc('01-14 10:30'), -1);
agree('G2', 'P01', 'performance-conversations', 1, '03-25', utc('01-28 10:30'), -1);
agree('G3', 'P02', 'giving-feedback', 1, '03-31', utc('01-15 10:30'), -2);
agree('G4', 'P03', 'navigating-conflict', 1, '02-28', utc('01-16 10:30'), -1);
agree('G5', 'P04', 'giving-feedback', 1, '04-30', utc('01-21 10:30'));
agree('G6', 'P05', 'developing-direct-reports', 1, '03-15', utc('02-05 10:20'), -1);
agree('G7', 'P06', 'navigating-conflict', 1, '04-30', utc('01-23 10:30'), -1);
propose('G8', 'P11', 'performance-conversations', 1, '2026-04-30', utc('03-12 10:30'));
commit('G1', 'P01', utc('01-28 10:30'), '2026-02-10');
report('G1', 'P01', utc('02-09 18:00'), 'yes');
checkIn('G1', 'P01', utc('02-11 10:30'));
checkIn('G1', 'P01', utc('03-11 10:30'));
observe('G1', 'P01', '03-25 09:50', 1);
observe('G2', 'P01', '03-25 09:50', 0);
close('G1', 'P01', utc('03-25 10:00'), 'attained', 1);
close('G2', 'P01', utc('03-25 10:02'), 'partlyAttained', 0);
checkIn('G3', 'P02', utc('02-12 10:30'));
checkIn('G3', 'P02', utc('03-02 10:30'));
observe('G3', 'P02', '03-26 10:20', 1);
close('G3', 'P02', utc('03-26 10:30'), 'attained', 1);
observe('G4', 'P03', '03-02 09:30', 0);
close('G4', 'P03', utc('03-02 10:00'), 'notAttained', -1);
checkIn('G5', 'P04', utc('02-04 10:30'));
checkIn('G5', 'P04', utc('03-11 10:00'));
commit('G6', 'P05', utc('02-20 10:00'), '2026-03-09');
report('G6', 'P05', utc('03-10 18:00'), 'partly');
observe('G6', 'P05', '03-20 12:00', 0);
observe('G7', 'P06', '02-12 12:00', -1);
close('G7', 'P06', utc('02-13 09:00'), 'dropped');

// What they think: the coachee rates a session the day after it, the coach says what it was about.
const rate = (person: string, day: string, at: string, ...scores: [number, number, number]) => {
  const [useful, relationship, progress] = scores;
  say(session(person, day), 'SessionRated', utc(`${at} 12:00`), {
    ...of(person, day),
    useful,
    relationship,
    progress,
  });
};
const about = (person: string, day: string, at: string, ...themes: string[]) =>
  say(session(person, day), 'SessionThemesRecorded', utc(`${at} 18:00`), { ...of(person, day), themes });
const recommend = (
  person: string,
  at: string,
  score: number,
  moment: 'third-session' | 'end' = 'third-session',
) =>
  say(enrollment(person), 'ProgramFeedbackGiven', utc(`${at} 12:30`), {
    ...enrolled(person),
    moment,
    recommend: score,
  });
about('P01', '01-14', '01-14', 'giving-feedback');
about('P02', '01-15', '01-15', 'giving-feedback');
rate('P01', '01-14', '01-15', 4, 5, 3);
rate('P02', '01-15', '01-16', 3, 4, 3);
about('P03', '01-16', '01-16', 'navigating-conflict');
about('P04', '01-21', '01-21', 'giving-feedback');
about('P06', '01-23', '01-23', 'navigating-conflict');
about('P01', '01-28', '01-28', 'giving-feedback', 'performance-conversations');
about('P03', '01-30', '02-02', 'navigating-conflict', 'giving-feedback');
rate('P03', '01-30', '02-03', 4, 4, 2);
rate('P04', '02-04', '02-05', 5, 5, 5);
about('P05', '02-05', '02-05', 'developing-direct-reports');
rate('P05', '02-05', '02-06', 2, 3, 2);
about('P01', '02-11', '02-11', 'performance-conversations');
rate('P01', '02-11', '02-12', 5, 5, 4);
rate('P07', '02-18', '02-19', 4, 5, 4);
rate('P01', '03-11', '03-12', 5, 5, 5);
rate('P04', '03-11', '03-12', 4, 5, 5);
rate('P11', '03-12', '03-13', 5, 4, 4);
rate('P02', '03-26', '03-27', 4, 4, 4);
recommend('P01', '02-12', 9);
recommend('P03', '02-19', 6);
recommend('P02', '02-27', 7);
recommend('P04', '03-12', 9);
recommend('P11', '03-13', 8);
recommend('P01', '03-26', 10, 'end');

// Whether the match is right, as coachees say, and as coaches say of them.
const feels = (
  person: string,
  at: string,
  by: 'coachee' | 'coach',
  signal: 'good' | 'unsure' | 'not-right',
) =>
  say(`fit-${match(person).matchId}`, 'FitSignalRecorded', utc(`${at} 12:00`), {
    ...match(person),
    coachId: coachOf(person),
    by,
    signal,
  });
feels('P03', '02-03', 'coachee', 'good');
feels('P04', '02-05', 'coachee', 'good');
feels('P05', '02-06', 'coachee', 'unsure');
feels('P01', '02-12', 'coachee', 'good');
feels('P02', '02-13', 'coachee', 'unsure');
feels('P07', '02-27', 'coachee', 'not-right');
feels('P01', '02-25', 'coach', 'good');
feels('P02', '02-26', 'coach', 'good');
feels('P03', '02-27', 'coach', 'unsure');
feels('P07', '03-02', 'coach', 'not-right');
feels('P04', '03-11', 'coach', 'good');
feels('P05', '03-19', 'coach', 'not-right');

// Three people of each one's team are asked on a goal's theme before sessions; what they said is released the day before.
const pulse = (person: string, name: string, theme: string, day: string) => ({
  ...goalOf(person, name),
  pulseId: idOf(`pulse ${name} ${day}`),
  sessionId: sessionId(person, day),
  theme,
  raters: 3,
});
const pulseStream = (name: string, day: string) => `pulse-${idOf(`pulse ${name} ${day}`)}`;
const dayBefore = (day: string) => plus(utc(day), -24 * HOUR).slice(0, 10);
function ask(person: string, name: string, theme: string, ...days: string[]): void {
  for (const day of days)
    say(pulseStream(name, day), 'PulseRequested', booked.get(session(person, day))!, {
      ...pulse(person, name, theme, day),
      dueOn: dayBefore(day),
    });
}
const TEAM_ITEMS = ['one-to-ones-held', 'development-conversations', 'manager-effectiveness'] as const;
function release(person: string, name: string, theme: string, day: string, ...means: number[]): void {
  const items = (['theme-behaviour', ...TEAM_ITEMS] as const).slice(0, means.length);
  for (const [n, item] of items.entries())
    say(pulseStream(name, day), 'PulsesReleased', `${dayBefore(day)}T16:00:00.000Z`, {
      ...pulse(person, name, theme, day),
      item,
      mean: means[n]!,
    });
}
ask('P01', 'G1', 'giving-feedback', '02-25', '03-11', '03-25');
ask('P01', 'G2', 'performance-conversations', '02-25', '03-11', '03-25');
ask('P02', 'G3', 'giving-feedback', '02-26', '03-12', '03-26');
ask('P03', 'G4', 'navigating-conflict', '02-27');
ask('P04', 'G5', 'giving-feedback', '03-11', '03-25', '04-08');
ask('P05', 'G6', 'developing-direct-reports', '03-05', '03-19', '04-02');
release('P01', 'G1', 'giving-feedback', '02-25', 4.5, 5, 3, 4.5);
release('P01', 'G2', 'performance-conversations', '02-25', 4.5);
release('P02', 'G3', 'giving-feedback', '02-26', 4, 5.5, 3.5, 5);
release('P03', 'G4', 'navigating-conflict', '02-27', 4, 4, 2.5, 4);
release('P05', 'G6', 'developing-direct-reports', '03-05', 4.5, 4.5, 3.5, 4.5);
release('P04', 'G5', 'giving-feedback', '03-11', 5, 6, 4, 5);
release('P01', 'G1', 'giving-feedback', '03-25', 5.5, 6, 3.5, 5.5);
release('P01', 'G2', 'performance-conversations', '03-25', 5.5);

// P07 asks for another coach; P02 asks too, and gets C3 four days later.
const again = (person: string) => ({ ...enrolled(person), matchId: idOf(`match ${person} again`) });
const next = (person: string) => `match-${again(person).matchId}`;
function askForAnother(person: string, at: string, reason: 'fit' | 'schedule'): void {
  const coachId = coachOf(person);
  say(matchStream(person), 'RematchRequested', at, { ...match(person), coachId, by: 'coachee', reason });
  say(next(person), 'MatchRequested', at, { ...again(person), kind: 'rematch' });
}
askForAnother('P07', utc('03-20 09:00'), 'fit');
askForAnother('P02', utc('03-26 12:00'), 'schedule');
const C3 = { coachId: idOf('coach C3') };
say(next('P02'), 'CoachMatched', utc('03-30 12:00'), {
  ...again('P02'),
  ...C3,
  score: 0.9,
  parts: [{ name: 'themes', weight: 1, value: 0.9 }],
  assigned: 'chosen',
});
over('P02', utc('03-30 12:00'), 'rematch');
say(engagement('P02'), 'EngagementEnded', utc('03-30 12:00'), { ...engaged('P02'), reason: 'rematch' });
const anew = { ...engaged('P02'), ...C3, engagementId: idOf('engagement P02 again') };
say(`engagement-${anew.engagementId}`, 'EngagementPlanned', utc('03-30 12:00'), {
  ...anew,
  matchId: again('P02').matchId,
  endsOn: '2026-04-30',
  cadence: 'bi-weekly',
  zone: 'Europe/Berlin',
  allotment: 1,
  policy,
});
// Two assessments of two themes, each question 1 to 7: by themselves, by their managers, and of P02 by three peers.
type Answers = readonly [number, number, number];
const FEEDBACK = 'giving-feedback';
const CONFLICT = 'navigating-conflict';
function assess(
  person: string,
  moment: 'baseline' | 'followUp',
  at: string,
  results: readonly (readonly ['self' | 'manager' | 'peer', Answers, Answers])[],
): void {
  const assessmentId = idOf(`${moment} ${person}`);
  say(`assessment-${assessmentId}`, 'ResultsReleased', utc(`${at} 15:00`), {
    assessmentId,
    ...enrolled(person),
    moment,
    questionnaire: 'cairn-management',
    questionnaireVersion: 1,
    results: [FEEDBACK, CONFLICT].flatMap((theme, n) =>
      results.map(([category, ...answers]) => ({
        theme,
        category,
        raters: category === 'peer' ? 3 : 1,
        mean: answers[n]!.reduce((sum, each) => sum + each, 0) / 3,
        sd: category === 'peer' ? 1 : null,
        itemMeans: [...answers[n]!],
      })),
    ),
  });
}
assess('P01', 'baseline', '01-13', [
  ['self', [5, 5, 4], [5, 5, 5]],
  ['manager', [4, 4, 4], [4, 4, 4]],
]);
assess('P02', 'baseline', '01-13', [
  ['self', [4, 4, 4], [4, 4, 5]],
  ['manager', [3, 4, 4], [4, 4, 4]],
  ['peer', [4, 4, 4], [4, 4, 4]],
]);
assess('P03', 'baseline', '01-14', [
  ['self', [6, 5, 5], [6, 6, 5]],
  ['manager', [4, 4, 3], [4, 4, 4]],
  ['peer', [5, 5, 5], [5, 5, 5]],
]);
assess('P04', 'baseline', '01-14', [
  ['self', [3, 4, 4], [4, 4, 4]],
  ['manager', [3, 3, 4], [5, 4, 4]],
]);
assess('P05', 'baseline', '01-15', [
  ['self', [5, 5, 5], [5, 5, 6]],
  ['manager', [4, 5, 4], [5, 5, 5]],
]);
assess('P07', 'baseline', '01-20', [['self', [4, 4, 4], [4, 4, 4]]]);
assess('P11', 'baseline', '01-27', [
  ['self', [4, 5, 4], [4, 4, 4]],
  ['manager', [5, 5, 5], [5, 5, 5]],
]);
assess('P01', 'followUp', '03-27', [
  ['self', [5, 6, 5], [5, 5, 5]],
  ['manager', [5, 5, 5], [4, 4, 4]],
]);
assess('P02', 'followUp', '03-27', [
  ['self', [5, 5, 5], [5, 5, 4]],
  ['manager', [4, 5, 5], [4, 4, 5]],
  ['peer', [6, 5, 6], [4, 4, 5]],
]);
assess('P03', 'followUp', '03-27', [
  ['self', [5, 5, 5], [5, 5, 5]],
  ['manager', [4, 5, 4], [5, 4, 4]],
]);
assess('P04', 'followUp', '03-30', [
  ['self', [5, 5, 4], [4, 5, 4]],
  ['manager', [4, 3, 4], [5, 4, 4]],
]);
assess('P05', 'followUp', '03-30', [
  ['self', [6, 5, 5], [5, 6, 5]],
  ['manager', [5, 5, 5], [5, 5, 4]],
]);
assess('P11', 'followUp', '03-30', [['self', [5, 5, 5], [4, 4, 4]]]);

/** Each stream in its order; the streams one after another. */
export const WORKED_EXAMPLE: readonly ReceivedContract[] = events;
