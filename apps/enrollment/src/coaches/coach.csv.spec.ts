import { describe, expect, it } from '@jest/globals';
import { checkCoachHeader, readCoachRows, type CoachRecord } from './coach.csv.js';

const HEADER = [
  'externalRef',
  'name',
  'email',
  'industries',
  'functions',
  'levels',
  'years',
  'specialties',
  'styles',
  'languages',
  'hours',
  'zone',
  'capacity',
  'approved',
  'employeeId',
  'conflicts',
  'credentials',
  'issuers',
  'expiresOn',
];

const record = (line: number, some: Record<string, string> = {}): CoachRecord => ({
  line,
  cells: {
    externalRef: `C-${line}`,
    name: 'Rosa Lind',
    email: 'rosa@coaches.example',
    industries: 'Manufacturing; Health Care',
    functions: 'Production | Sales',
    levels: 'manager; director',
    years: '12',
    specialties: 'Giving feedback; psychological-safety',
    styles: 'Challenging',
    languages: 'en; pt_br',
    hours: 'mon-tue 09:00-12:00',
    zone: 'Europe/Berlin',
    capacity: '6',
    approved: 'yes',
    employeeId: '',
    conflicts: '10026; 10084',
    credentials: '',
    issuers: '',
    expiresOn: '',
    ...some,
  },
});

const read = (...records: CoachRecord[]) => readCoachRows(HEADER, records);
const errorsOf = (cells: Record<string, string>) =>
  read(record(2, cells)).errors.map(({ column, code }) => `${column}: ${code}`);

describe('a coach file', () => {
  it('gives typed coaches', () => {
    expect(read(record(2))).toEqual({
      errors: [],
      coaches: [
        {
          line: 2,
          externalRef: 'C-2',
          name: 'Rosa Lind',
          email: 'rosa@coaches.example',
          approved: true,
          employeeId: null,
          profile: {
            industries: ['Manufacturing', 'Health Care'],
            functions: ['Production', 'Sales'],
            levels: ['manager', 'director'],
            years: 12,
            specialties: ['giving-feedback', 'psychological-safety'],
            styles: ['challenging'],
            languages: ['en', 'pt-BR'],
            hours: {
              zone: 'Europe/Berlin',
              slots: [
                { day: 'mon', from: '09:00', to: '12:00' },
                { day: 'tue', from: '09:00', to: '12:00' },
              ],
            },
            capacity: 6,
            conflicts: ['10026', '10084'],
          },
          credentials: [],
        },
      ],
    });
  });

  it('leaves open what may be left open; who is not said to be approved is not', () => {
    const bare = {
      email: '',
      industries: '',
      functions: '',
      specialties: '',
      styles: '',
      approved: '',
      conflicts: '',
    };
    const [coach] = read(record(2, bare)).coaches;
    expect(coach).toMatchObject({
      email: null,
      approved: false,
      profile: { industries: [], specialties: [], conflicts: [] },
    });
  });

  it.each([
    ['PCC', 'ICF', '2028-03-31', [['PCC', 'ICF', '2028-03-31']]],
    [
      'PCC; EIA',
      'ICF; EMCC',
      ';2027-12-31',
      [
        ['PCC', 'ICF', null],
        ['EIA', 'EMCC', '2027-12-31'],
      ],
    ],
    [
      'ACC | PCC',
      'ICF',
      '',
      [
        ['ACC', 'ICF', null],
        ['PCC', 'ICF', null],
      ],
    ],
  ])('gives the credentials %j of %j', (credentials, issuers, expiresOn, held) => {
    const [coach] = read(record(2, { credentials, issuers, expiresOn })).coaches;
    expect(coach!.credentials.map((one) => [one.credential, one.issuer, one.expiresOn])).toEqual(held);
  });

  it('understands spaces, repeated labels and any case', () => {
    const [coach] = read(
      record(2, {
        name: '  Rosa   Lind ',
        levels: ' Manager |MANAGER',
        specialties: 'Giving Feedback;giving-feedback',
        approved: ' TRUE ',
      }),
    ).coaches;
    expect(coach).toMatchObject({
      name: 'Rosa Lind',
      approved: true,
      profile: { levels: ['manager'], specialties: ['giving-feedback'] },
    });
  });

  it('knows its columns however they are spelled', () => {
    const { cells } = record(2);
    const renamed = Object.fromEntries(
      Object.entries(cells).map(([column, cell]) => [
        column === 'externalRef' ? 'External Ref' : column.toUpperCase(),
        cell,
      ]),
    );
    const { coaches, errors } = readCoachRows(Object.keys(renamed), [{ line: 2, cells: renamed }]);
    expect(errors).toEqual([]);
    expect(coaches[0]).toMatchObject({ externalRef: 'C-2', profile: { capacity: 6 } });
  });

  it.each<[string, Record<string, string>]>([
    ['externalRef: missing', { externalRef: ' ' }],
    ['name: missing', { name: '' }],
    ['levels: missing', { levels: ';' }],
    ['languages: missing', { languages: '' }],
    ['hours: missing', { hours: '' }],
    ['zone: missing', { zone: '' }],
    ['capacity: missing', { capacity: '' }],
    ['years: missing', { years: '' }],
    ['email: unreadable-email', { email: 'rosa at coaches' }],
    ['levels: unlisted-value', { levels: 'manager; boss' }],
    ['years: unreadable-number', { years: 'many' }],
    ['years: number-out-of-range', { years: '90' }],
    ['capacity: unreadable-number', { capacity: '2.5' }],
    ['capacity: number-out-of-range', { capacity: '1001' }],
    ['capacity: number-out-of-range', { capacity: '-1' }],
    ['languages: unknown-language', { languages: 'en; klingonese' }],
    ['hours: unreadable-hours', { hours: 'mornings' }],
    ['zone: unknown-zone', { zone: '+02:00' }],
    ['zone: unknown-zone', { zone: 'Mars/Olympus' }],
    ['approved: unlisted-value', { approved: 'perhaps' }],
    ['approved: unlisted-value', { approved: 'constructor' }],
    ['name: nul-character', { name: 'Rosa\0Lind' }],
    ['industries: nul-character', { industries: 'retail; ban\0king' }],
    ['industries: bidi-control', { industries: 'retail; ban\u202eking' }],
    ['name: bidi-control', { name: 'Rosa \u202eLind' }],
    ['name: text-too-long', { name: 'x'.repeat(301) }],
    ['styles: text-too-long', { styles: 'x'.repeat(121) }],
    ['industries: too-many', { industries: Array.from({ length: 51 }, (_, i) => `i${i}`).join(';') }],
    ['specialties: unreadable-label', { specialties: 'giving-feedback; !!' }],
    ['issuers: other-length', { credentials: 'PCC' }],
    ['issuers: other-length', { issuers: 'ICF' }],
    ['issuers: other-length', { credentials: 'PCC; MCC; ACC', issuers: 'ICF; ICF' }],
    ['issuers: missing', { credentials: 'PCC; MCC', issuers: 'ICF;' }],
    ['credentials: missing', { credentials: 'PCC;', issuers: 'ICF' }],
    ['credentials: duplicate-credential', { credentials: 'PCC; PCC', issuers: 'ICF' }],
    ['expiresOn: other-length', { expiresOn: '2028-03-31' }],
    ['expiresOn: other-length', { credentials: 'PCC; MCC', issuers: 'ICF', expiresOn: '2028-03-31' }],
    ['expiresOn: unreadable-date', { credentials: 'PCC', issuers: 'ICF', expiresOn: '31.03.2028' }],
    ['expiresOn: unreadable-date', { credentials: 'PCC', issuers: 'ICF', expiresOn: '2027-02-29' }],
    ['expiresOn: unreadable-date', { credentials: 'PCC', issuers: 'ICF', expiresOn: '0228-03-31' }],
    ['credentials: text-too-long', { credentials: 'x'.repeat(61), issuers: 'ICF' }],
    ['issuers: bidi-control', { credentials: 'PCC', issuers: 'IC\u202eF' }],
  ])('reports %s', (expected, cells) => expect(errorsOf(cells)).toEqual([expected]));

  it('reports every fault of a row at once, by the name of the column in the file, with what was expected', () => {
    const { coaches, errors } = read(record(7, { capacity: 'six', zone: 'Berlin' }));
    expect(coaches).toEqual([]);
    expect(errors).toEqual([
      {
        line: 7,
        column: 'zone',
        code: 'unknown-zone',
        expected: 'an IANA time zone such as Europe/Berlin',
        found: 'Berlin',
      },
      {
        line: 7,
        column: 'capacity',
        code: 'unreadable-number',
        expected: 'a whole number from 0 to 1000',
        found: 'six',
      },
    ]);
  });

  it('takes a reference once', () => {
    const { coaches, errors } = read(record(2), record(3, { externalRef: 'C-2' }), record(4));
    expect(coaches.map(({ line }) => line)).toEqual([2, 4]);
    expect(errors).toEqual([
      {
        line: 3,
        column: 'externalRef',
        code: 'duplicate-reference',
        expected: 'a reference used once; line 2 has it already',
        found: 'C-2',
      },
    ]);
  });

  it('keeps a cell that begins like a formula as text', () => {
    expect(read(record(2, { name: '=SUM(A1)' })).coaches[0]!.name).toBe('=SUM(A1)');
  });
});

describe('the header of a coach file', () => {
  it('is complete with the columns that must be there', () => {
    expect(checkCoachHeader(HEADER)).toEqual([]);
    expect(
      checkCoachHeader(['External_Ref', 'Name', 'Levels', 'Years', 'Languages', 'Hours', 'Zone', 'Capacity']),
    ).toEqual([]);
  });
  it('is told what is missing, what is unknown and what stands there twice', () => {
    expect(
      checkCoachHeader([
        'externalRef',
        'name',
        'Name',
        'levels',
        'years',
        'languages',
        'hours',
        'zone',
        'price',
      ]),
    ).toEqual([
      { line: 1, column: 'capacity', code: 'missing-column', expected: 'a column named capacity' },
      { line: 1, column: 'Name', code: 'duplicate-column', expected: 'one column for name' },
      {
        line: 1,
        column: 'price',
        code: 'unknown-column',
        expected: `one of ${HEADER.join(', ')}`,
        found: 'price',
      },
    ]);
  });
});
