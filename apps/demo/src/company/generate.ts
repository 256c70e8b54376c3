import { stringify } from 'csv-stringify/sync';
import { addDays, type Day } from '../days.js';
import { random } from '@cairn/seeded';
import { FAMILY, GIVEN } from './names.js';
import type { Mapping } from './mapping.js';

const DEPARTMENTS = ['Production', 'Logistics', 'Sales', 'Engineering', 'Service', 'Finance'];
const SITES = ['Hamburg', 'Leipzig', 'Graz'];
const TEAMS = 17;

/** The columns of a made-up company's file, and how they are read. */
export const generatedMapping = (snapshotDate: Day): Mapping => ({
  name: 'generated-company',
  about: 'For the company that the demo makes up.',
  snapshotDate,
  employeeId: 'employee_id',
  fullName: 'name',
  department: 'department',
  position: 'position',
  location: 'site',
  manager: { id: 'manager_id' },
  level: {
    column: 'position',
    rules: [
      { level: 'executive', words: ['Managing'] },
      { level: 'director', words: ['Head'] },
      { level: 'manager', words: ['Lead'] },
    ],
    otherwise: 'individual',
  },
  hiredOn: { column: 'hired', formats: ['YYYY-MM-DD'] },
  leftOn: { column: 'left', formats: ['YYYY-MM-DD'] },
  status: { column: 'status', active: ['active'], voluntary: ['resigned'], involuntary: ['dismissed'] },
  engagementScore: {
    column: 'engagement',
    surveyedOn: addDays(snapshotDate, -20),
    scale: { lowest: 1, highest: 5 },
  },
  performanceRating: {
    column: 'rating',
    reviewedOn: { column: 'reviewed', formats: ['YYYY-MM-DD'] },
    standard: ['exceeds', 'meets'],
    belowStandard: ['below'],
  },
});

/** A company of some 140 people in 14 teams, as a CSV file of the day `snapshotDate`. Some teams lose more than others. */
export function generateCompany(seed: number, snapshotDate: Day): Buffer {
  const dice = random(seed, 'company');
  const rows: Record<string, string>[] = [];
  let lastId = 1000;
  const add = (
    position: string,
    department: string,
    managerId: string,
    strain: number,
    leads: boolean,
  ): string => {
    const id = String(++lastId);
    const left =
      !leads && dice.chance(0.06 + strain * 0.2) ? addDays(snapshotDate, -dice.between(20, 330)) : '';
    rows.push({
      employee_id: id,
      // The number keeps names apart: two people of one name would make a manager's name ambiguous.
      name: `${dice.pick(FAMILY)}-${lastId}, ${dice.pick(GIVEN)}`,
      department,
      position,
      site: dice.pick(SITES),
      manager_id: managerId,
      hired: addDays(snapshotDate, -dice.between(left ? 340 : 60, 3000)),
      left,
      status: left ? dice.pick(['resigned', 'resigned', 'dismissed']) : 'active',
      engagement: (4.4 - strain * 1.5 + dice.next() * 0.6 - 0.3).toFixed(1),
      rating: dice.chance(0.05 + strain * 0.15) ? 'below' : dice.pick(['meets', 'meets', 'exceeds']),
      reviewed: addDays(snapshotDate, -dice.between(30, 200)),
    });
    return id;
  };
  const head = add('Managing Director', 'Management', '', 0, true);
  const heads = DEPARTMENTS.map(
    (department) => [department, add(`Head of ${department}`, department, head, 0, true)] as const,
  );
  for (let team = 0; team < TEAMS; team++) {
    const [department, headId] = heads[team % heads.length]!;
    const strain = dice.next();
    const lead = add(`${department} Team Lead`, department, headId, 0, true);
    for (let member = 0, size = dice.between(6, 11); member < size; member++)
      add(`${department} Specialist`, department, lead, strain, false);
  }
  return Buffer.from(stringify(rows, { header: true }));
}
