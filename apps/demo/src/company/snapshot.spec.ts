import { describe, expect, it } from '@jest/globals';
import type { Mapping } from './mapping.js';
import { laterSnapshot, readHrFile, written } from './snapshot.js';

const mapping: Mapping = {
  name: 'ours',
  employeeId: 'Id',
  leftOn: { column: 'Left', formats: ['DD.MM.YYYY'] },
  status: { column: 'State', active: ['here'], voluntary: ['went'] },
  leavingReason: { column: 'Why', voluntary: ['own wish'], involuntary: ['dismissed'] },
};
const rows = 'Id; Name;Left;State;Why\r\n1;Müller;;here;\r\n2;"Ada; the second";;here;\r\n';

describe('an HR file', () => {
  it.each(['utf-8', 'latin1'] as const)('is read in %s, with its own delimiter', (encoding) => {
    const file = readHrFile(Buffer.from(rows, encoding === 'utf-8' ? 'utf8' : 'latin1'));
    expect(file.delimiter).toBe(';');
    expect(file.header).toEqual(['Id', 'Name', 'Left', 'State', 'Why']);
    expect(file.records.map(({ Name }) => Name)).toEqual(['Müller', 'Ada; the second']);
  });
  it('is not read where it has no rows', () => {
    expect(() => readHrFile(Buffer.from('Id,Name\n'))).toThrow('it has no rows');
  });
  it('is the same later, apart from those who have left', () => {
    const file = readHrFile(Buffer.from(rows, 'latin1'));
    const later = laterSnapshot(file, mapping, [{ employeeId: '2', leftOn: '2024-03-09', voluntary: true }]);
    expect(later.toString('utf8')).toBe(
      '\ufeffId;Name;Left;State;Why\n1;Müller;;here;\n2;"Ada; the second";09.03.2024;went;own wish\n',
    );
  });
});

it.each([
  ['M/D/YYYY', '3/9/2024'],
  ['DD-MMM-YY', '09-Mar-24'],
  ['YYYY-MM-DD', '2024-03-09'],
])('a day is written as %s', (format, as) => {
  expect(written('2024-03-09', format)).toBe(as);
});
