import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { dayReader, isDateFormat, isDay, needsPivot } from './dates.js';

const day = (text: string, formats: string[], pivot?: number) => {
  const reading = dayReader(formats, pivot)(text);
  return reading.ok ? reading.day : reading.code;
};

it.each([
  ['7/5/2011', ['M/D/YYYY'], '2011-07-05'],
  ['12/31/2011', ['M/D/YYYY'], '2011-12-31'],
  ['07/05/2011', ['MM/DD/YYYY'], '2011-07-05'],
  ['7/5/2011', ['MM/DD/YYYY'], 'unreadable-date'],
  ['05.07.2011', ['DD.MM.YYYY'], '2011-07-05'],
  ['2011-07-05', ['YYYY-MM-DD'], '2011-07-05'],
  ['2011-07-05 00:00:00', ['YYYY-MM-DD'], '2011-07-05'],
  ['2011-07-05T00:00:00.000Z', ['YYYY-MM-DD'], '2011-07-05'],
  ['2011-07-05 13:00:00', ['YYYY-MM-DD'], 'unreadable-date'],
  ['5-Jul-2011', ['D-MMM-YYYY'], '2011-07-05'],
  ['5-Xyz-2011', ['D-MMM-YYYY'], 'unreadable-date'],
  ['20110705', ['YYYYMMDD'], '2011-07-05'],
  ['2/30/2011', ['M/D/YYYY'], 'unreadable-date'],
  ['2/29/2012', ['M/D/YYYY'], '2012-02-29'],
  ['2/29/2100', ['M/D/YYYY'], 'unreadable-date'],
  ['13/1/2011', ['M/D/YYYY'], 'unreadable-date'],
  ['1/1/1066', ['M/D/YYYY'], 'unreadable-date'],
  ['', ['M/D/YYYY'], 'unreadable-date'],
  ['05.07.2011', ['M/D/YYYY', 'DD.MM.YYYY'], '2011-07-05'],
  ['13/1/2011', ['M/D/YYYY', 'D/M/YYYY'], '2011-01-13'],
  ['5/7/2011', ['M/D/YYYY', 'D/M/YYYY'], 'ambiguous-date'],
  ['7/7/2011', ['M/D/YYYY', 'D/M/YYYY'], '2011-07-07'],
])('%j as %j is %s', (text, formats, expected) => {
  expect(day(text, formats)).toBe(expected);
});

it('reads two-digit years around the pivot', () => {
  expect(day('7/5/29', ['M/D/YY'], 30)).toBe('2029-07-05');
  expect(day('7/5/30', ['M/D/YY'], 30)).toBe('1930-07-05');
  expect(needsPivot('M/D/YY')).toBe(true);
  expect(needsPivot('M/D/YYYY')).toBe(false);
});

it.each(['M/D', 'M/D/YYYY HH', 'D/D/YYYY', 'MM/M/YYYY', 'foo', ''])('%j is no format', (format) => {
  expect(isDateFormat(format)).toBe(false);
});

it('reads back every day that it could have written', () => {
  const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [y, m, d] = iso.split('-') as [string, string, string];
      expect(isDay(iso)).toBe(true);
      expect(day(`${Number(d)}.${Number(m)}.${y}`, ['D.M.YYYY'])).toBe(iso);
    }),
  );
});
