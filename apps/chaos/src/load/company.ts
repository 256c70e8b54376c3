/** Fourteen people: a head, two managers under it, and teams under those; one of them may leave without being asked about. */
export const COACHEES = ['201', '202', '203', '204', '205'] as const;
/** Of the other manager's team, so that one of the coachees may coach them. */
export const TRAINEES = ['401', '402'] as const;
const OTHERS = ['301', '302', '303', '304'];

const HEADER = ['Id', 'Name', 'Dept', 'Title', 'Boss', 'Hired', 'Left', 'Status'];

export const MAPPING = {
  name: 'chaos',
  header: HEADER,
  snapshotDate: '2024-01-01',
  employeeId: 'Id',
  fullName: 'Name',
  department: 'Dept',
  position: 'Title',
  manager: { name: 'Boss' },
  level: {
    column: 'Title',
    rules: [
      { level: 'executive', equals: ['Head'] },
      { level: 'manager', words: ['Manager'] },
    ],
    otherwise: 'individual',
  },
  hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD'] },
  leftOn: { column: 'Left', formats: ['YYYY-MM-DD'] },
  status: {
    column: 'Status',
    active: ['Active'],
    onLeave: ['On leave'],
    voluntary: ['Resigned'],
    involuntary: ['Dismissed'],
  },
  notAPerson: ['Board'],
};

/** The HR file; `leaver` resigned on 9 February. */
export function fileOf(leaver?: string): string {
  const line = (id: string, name: string, title: string, boss: string) => [
    id,
    `"${name}"`,
    'Making',
    title,
    boss,
    '2020-01-01',
    ...(id === leaver ? ['2024-02-09', 'Resigned'] : ['', 'Active']),
  ];
  const rows = [
    line('100', 'Marta Head', 'Head', 'Board'),
    line('101', 'Mona Middle', 'Plant Manager', 'Marta Head'),
    line('102', 'Nils Next', 'Plant Manager', 'Marta Head'),
    ...COACHEES.map((id) => line(id, `Cora Number${id}`, 'Shift Manager', 'Mona Middle')),
    ...OTHERS.map((id) => line(id, `Otto Number${id}`, 'Operator', 'Mona Middle')),
    ...TRAINEES.map((id) => line(id, `Tina Number${id}`, 'Operator', 'Nils Next')),
  ];
  return [HEADER, ...rows].map((cells) => cells.join(',')).join('\n') + '\n';
}

/** All who are in the file. */
export const PEOPLE = 3 + COACHEES.length + OTHERS.length + TRAINEES.length;

export const PROGRAM = {
  name: 'Under fire',
  track: 'manager',
  startsOn: '2024-01-08',
  endsOn: '2024-06-28',
  zone: 'UTC',
  cadence: 'bi-weekly',
  allotment: 3,
  capacity: COACHEES.length,
  activationDays: 14,
  costPerSession: { amount: 200, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: true,
};

export const coachNamed = (name: string, language = 'en') => ({
  externalRef: name,
  name,
  email: `${name}@coaches.example`,
  levels: ['manager', 'individual'],
  years: 12,
  specialties: ['giving-feedback'],
  styles: [],
  languages: [language],
  hours: 'mon-fri 06:00-20:00',
  zone: 'UTC',
  capacity: COACHEES.length,
});

export const activationIn = (language: string) => ({
  privacyNoticeVersion: '2024-01',
  preferences: {
    themes: ['giving-feedback'],
    styles: [],
    languages: [language],
    zone: 'UTC',
    hours: 'mon-fri 06:00-20:00',
  },
});
