import { isDateFormat, isDay, needsPivot } from './dates.js';
import {
  columnsOf,
  type ImportMapping,
  type LevelRule,
  leavingReasons,
  levels,
  statuses,
} from './mapping.js';
import { nameKey } from './names.js';
import { delimiters } from './reading/delimiter.js';
import { encodings } from './reading/encoding.js';
import {
  both,
  flag,
  listOf,
  type MappingProblem,
  mapOf,
  number,
  object,
  oneOf,
  type Shape,
  text,
  textThat,
} from './shape.js';
import { valueKey } from './values.js';

const cellValue: Shape = textThat('the text of a cell', (value) => value.length <= 4000);
const values = listOf(cellValue);
const day = textThat('a day as YYYY-MM-DD', isDay);
const dateFormat = textThat("a date format of D, M and Y such as 'M/D/YYYY' or 'DD.MM.YYYY'", isDateFormat);

const dayColumn: Shape = both(
  object({ column: text, formats: listOf(dateFormat, 1) }, { pivot: number }),
  (value, pointer) => {
    const { formats, pivot } = value as { formats: string[]; pivot?: number };
    const wanted = formats.some(needsPivot);
    const whole = pivot !== undefined && Number.isInteger(pivot) && pivot >= 0 && pivot <= 100;
    if (wanted ? whole : pivot === undefined) return [];
    const expected = wanted
      ? 'a pivot from 0 to 100 for years of two digits: below it 20xx, else 19xx'
      : 'no pivot where years have four digits';
    return [{ pointer: `${pointer}/pivot`, code: 'not-allowed', expected }];
  },
);

const noValueTwice =
  (names: readonly string[]): Shape =>
  (value, pointer) => {
    const lists = names.flatMap((name) => {
      const list = (value as Record<string, string[] | undefined>)[name] ?? [];
      return list.map((entry, i) => ({ entry, at: `${pointer}/${name}/${i}` }));
    });
    return repeated(lists, valueKey, 'a value that stands in one list only');
  };

/** A column and lists of its values by what they mean. */
const valueLists = (names: readonly string[]): Shape =>
  both(
    object(
      { column: text },
      { ...Object.fromEntries(names.map((name) => [name, values])), otherwise: oneOf(names) },
    ),
    noValueTwice(names),
  );

const levelRule: Shape = both(
  object({ level: oneOf(levels) }, { equals: values, words: listOf(text) }),
  (value, pointer) => {
    const { equals, words } = value as LevelRule;
    if (equals?.length || words?.length) return [];
    return [{ pointer, code: 'missing-key', expected: 'a list in `equals` or `words`' }];
  },
);

const surveyedOn: Shape = (value, pointer) =>
  typeof value === 'string' ? day(value, pointer) : dayColumn(value, pointer);

const shape = object(
  { name: text, employeeId: text, hiredOn: dayColumn },
  {
    about: text,
    header: listOf(cellValue, 1),
    encoding: oneOf(encodings),
    delimiter: oneOf(delimiters),
    decimal: oneOf(['.', ',']),
    snapshotDate: day,
    complete: flag,
    fullName: text,
    givenName: text,
    familyName: text,
    email: text,
    department: text,
    position: text,
    location: text,
    manager: object({}, { id: text, name: text }),
    level: object({ column: text, rules: listOf(levelRule) }, { otherwise: oneOf(levels) }),
    leftOn: dayColumn,
    effectiveOn: dayColumn,
    status: valueLists(statuses),
    leavingReason: valueLists(leavingReasons),
    engagementScore: object({
      column: text,
      surveyedOn,
      scale: object({ lowest: number, highest: number }),
    }),
    performanceRating: both(
      object(
        { column: text, reviewedOn: dayColumn, belowStandard: values, standard: values },
        { otherwise: oneOf(['belowStandard', 'standard']) },
      ),
      noValueTwice(['belowStandard', 'standard']),
    ),
    managerAliases: mapOf(text),
    placeholders: listOf(text),
    notAPerson: listOf(text),
  },
);

/** Whether a JSON value is a mapping that can be used; every fault is named. */
export function checkMapping(
  value: unknown,
): { ok: true; mapping: ImportMapping } | { ok: false; problems: MappingProblem[] } {
  const problems = both(shape, (whole) => acrossKeys(whole as ImportMapping))(value, '');
  return problems.length > 0 ? { ok: false, problems } : { ok: true, mapping: value as ImportMapping };
}

function acrossKeys(mapping: ImportMapping): MappingProblem[] {
  const problems: MappingProblem[] = [];
  const two = mapping.givenName !== undefined || mapping.familyName !== undefined;
  if (
    mapping.fullName !== undefined ? two : mapping.givenName === undefined || mapping.familyName === undefined
  ) {
    const expected = 'either fullName, or both givenName and familyName';
    problems.push({ pointer: '/fullName', code: 'missing-key', expected });
  }
  if (mapping.manager && !mapping.manager.id && !mapping.manager.name) {
    problems.push({
      pointer: '/manager',
      code: 'missing-key',
      expected: 'a column in `id`, in `name` or in both',
    });
  }
  for (const column of mapping.header ? columnsOf(mapping) : []) {
    if (mapping.header!.includes(column)) continue;
    const expected = `a header that has the column "${column}", which the mapping reads`;
    problems.push({ pointer: '/header', code: 'not-allowed', expected });
  }
  const scale = mapping.engagementScore?.scale;
  if (scale && scale.lowest >= scale.highest) {
    const expected = 'a lowest score below the highest';
    problems.push({ pointer: '/engagementScore/scale', code: 'not-allowed', expected });
  }
  const names = [
    ...Object.keys(mapping.managerAliases ?? {}).map((entry) => ({ entry, at: `/managerAliases/${entry}` })),
    ...(mapping.placeholders ?? []).map((entry, i) => ({ entry, at: `/placeholders/${i}` })),
    ...(mapping.notAPerson ?? []).map((entry, i) => ({ entry, at: `/notAPerson/${i}` })),
  ];
  if (names.length > 0 && !mapping.manager?.name) {
    const expected = 'a column of manager names, since names of managers are settled';
    problems.push({ pointer: '/manager/name', code: 'missing-key', expected });
  }
  problems.push(...repeated(names, nameKey, 'a name that is settled in one way only'));
  return problems;
}

function repeated(
  entries: readonly { entry: string; at: string }[],
  key: (entry: string) => string,
  expected: string,
): MappingProblem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ entry, at }) => {
    const again = seen.has(key(entry));
    seen.add(key(entry));
    return again ? [{ pointer: at, code: 'not-allowed' as const, expected }] : [];
  });
}
