/**
 * The company of the story: two HR files and how they are read. Every name and address holds a canary: where it turns
 * up outside enrolment's directory, a person's name got out.
 */
export const NAME_CANARY = 'xanthor';
/** In every private text of the story. */
export const TEXT_CANARY = 'quillon';

/** Everybody whom the story tells of, by employee id. */
export const EMPLOYEES = {
  marta: '100',
  mona: '101',
  kim: '102',
  ada: '201',
  ben: '202',
  cleo: '203',
  dan: '204',
  eve: '205',
  fay: '206',
  gus: '207',
  hal: '208',
  ivy: '209',
  nils: '301',
  olga: '302',
  pia: '303',
  reno: '304',
} as const;
export type Name = keyof typeof EMPLOYEES;

const HEADER = [
  'Id',
  'Name',
  'Mail',
  'Dept',
  'Title',
  'Site',
  'Boss',
  'Hired',
  'Left',
  'Status',
  'Score',
  'Rating',
  'Reviewed',
];

export const MAPPING = {
  name: 'story',
  header: HEADER,
  snapshotDate: '2024-01-01',
  employeeId: 'Id',
  fullName: 'Name',
  email: 'Mail',
  department: 'Dept',
  position: 'Title',
  location: 'Site',
  manager: { name: 'Boss' },
  level: {
    column: 'Title',
    rules: [
      { level: 'executive', equals: ['Head of Company'] },
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
  engagementScore: { column: 'Score', surveyedOn: '2023-11-01', scale: { lowest: 1, highest: 5 } },
  performanceRating: {
    column: 'Rating',
    reviewedOn: { column: 'Reviewed', formats: ['YYYY-MM-DD'] },
    standard: ['Good'],
    belowStandard: ['Poor'],
  },
  placeholders: [`Vera ${NAME_CANARY}-stone`],
  notAPerson: ['Supervisory Board'],
};

const family = (name: Name) => `${NAME_CANARY}-${name}`;
const called = (name: Name | 'vera') =>
  name === 'vera' ? `Vera ${NAME_CANARY}-stone` : `${titled(name)} ${family(name)}`;
const titled = (name: string) => name[0]!.toUpperCase() + name.slice(1);

interface Row {
  readonly title?: string;
  readonly dept?: string;
  readonly boss?: Name | 'vera' | null;
  readonly hired?: string;
  readonly left?: string;
  readonly status?: string;
  readonly score?: number;
  readonly rating?: string;
}

/** Coachees and most others: a manager of a team in production, under Mona, since 2020. */
function line(name: Name, row: Row): string {
  const { title = 'Shift Manager', dept = 'Making', boss = 'mona', hired = '2020-01-01' } = row;
  const { left = '', status = 'Active', score = '', rating = '' } = row;
  const cells = [
    EMPLOYEES[name],
    `"${family(name)}, ${titled(name)}"`,
    `${name}@${NAME_CANARY}.example`,
    dept,
    title,
    'North',
    boss === null ? 'Supervisory Board' : called(boss),
    hired,
    left,
    status,
    score,
    rating,
    rating ? '2023-12-01' : '',
  ];
  return cells.join(',');
}

const ROWS: Record<Name, Row> = {
  marta: { title: 'Head of Company', dept: 'Leadership', boss: null, hired: '2015-01-01' },
  mona: { title: 'Plant Manager', boss: 'marta', hired: '2018-01-01' },
  kim: { title: 'People Manager', dept: 'People', boss: 'marta', hired: '2019-01-01' },
  ada: { score: 4, rating: 'Good' },
  ben: { score: 3, rating: 'Poor' },
  cleo: { score: 5 },
  dan: { score: 2 },
  eve: { score: 4 },
  fay: { score: 3 },
  gus: {},
  hal: {},
  ivy: {},
  nils: { title: 'Operator', left: '2023-06-30', status: 'Resigned' },
  olga: { title: 'Analyst', dept: 'Numbers', boss: 'vera', left: '2023-09-15', status: 'Dismissed' },
  pia: { title: 'Analyst', dept: 'Numbers', boss: 'vera', score: 4 },
  reno: { title: 'Operator', hired: '2023-05-01' },
};

const fileOf = (rows: Record<Name, Row>): string =>
  [HEADER.join(','), ...Object.entries(rows).map(([name, row]) => line(name as Name, row))].join('\n') + '\n';

export const FIRST_FILE = fileOf(ROWS);

/** Six weeks later: Dan has resigned, Pia has moved to another department, and Reno reports to Marta. */
export const SECOND_FILE = fileOf({
  ...ROWS,
  dan: { ...ROWS.dan, left: '2024-02-09', status: 'Resigned' },
  pia: { ...ROWS.pia, dept: 'Planning' },
  reno: { ...ROWS.reno, boss: 'marta' },
});
export const SECOND_SNAPSHOT = '2024-02-10';

/** In May more than a tenth of them are gone: too many to be taken without being asked. */
export const THIRD_FILE = fileOf({
  ...ROWS,
  dan: { ...ROWS.dan, left: '2024-02-09', status: 'Resigned' },
  pia: { ...ROWS.pia, dept: 'Planning' },
  reno: { ...ROWS.reno, boss: 'marta', left: '2024-05-01', status: 'Dismissed' },
  kim: { ...ROWS.kim, left: '2024-05-01', status: 'Resigned' },
});
export const THIRD_SNAPSHOT = '2024-05-02';

/** Two of the three coaches, Kim among them, who is an employee; the third is added by hand. */
export const COACH_FILE = `externalRef,name,email,levels,years,languages,hours,zone,capacity,approved,employeeId,specialties
C-KIM,Kim ${NAME_CANARY}-kim,kim@${NAME_CANARY}.example,manager;individual,5,en,mon-fri 08:00-18:00,Europe/Berlin,2,yes,${EMPLOYEES.kim},giving-feedback
C-LUC,Luc ${NAME_CANARY}-luc,luc@${NAME_CANARY}.example,manager;individual,9,fr,mon-fri 08:00-18:00,Europe/Berlin,3,yes,,navigating-conflict
`;
export const COACH_ROSA = {
  externalRef: 'C-ROSA',
  name: `Rosa ${NAME_CANARY}-rosa`,
  email: `rosa@${NAME_CANARY}.example`,
  levels: ['manager', 'individual'],
  years: 12,
  specialties: ['giving-feedback', 'performance-conversations'],
  styles: ['direct'],
  languages: ['de', 'en'],
  hours: 'mon-fri 08:00-18:00',
  zone: 'Europe/Berlin',
  capacity: 3,
};
