import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import {
  instantOf,
  IsCalendarDate,
  IsCode,
  IsIanaZone,
  IsId,
  IsIdList,
  IsInstant,
  IsLocalDateTime,
  IsNested,
  IsNumberBetween,
  IsQueryFlag,
  IsQueryInt,
  IsText,
  IsWholeNumber,
  NotBefore,
} from './fields.js';

/** What a DTO with one decorated field makes of `value`. */
function taken(decorator: PropertyDecorator, value: unknown): { value: unknown; says: string | undefined } {
  class Dto {
    field?: unknown;
  }
  decorator(Dto.prototype, 'field');
  const dto = plainToInstance(Dto, { field: value });
  const [error] = validateSync(dto);
  return { value: dto.field, says: error && Object.values(error.constraints ?? {})[0] };
}

const accepts = (decorator: PropertyDecorator, value: unknown, as: unknown = value) =>
  expect(taken(decorator, value)).toEqual({ value: as, says: undefined });
const refuses = (decorator: PropertyDecorator, value: unknown, says: string) =>
  expect(taken(decorator, value).says).toContain(says);

describe('IsText', () => {
  it('takes what fits', () => {
    accepts(IsText(5), 'héllo');
    accepts(IsText(5, { min: 0 }), '');
    accepts(IsText(2), '😀');
  });
  it.each([[''], ['   '], ['123456'], ['a\u0000b'], ['\ud800'], [5], [null], [undefined], [['a']], [{}]])(
    'refuses %j and names the limit',
    (value) => refuses(IsText(5), value, 'field must be a text of 1 to 5 characters'),
  );
});

describe('IsId', () => {
  const id = '0190A1B2-0000-7000-8000-000000000001';
  it('hands ids on in lower case', () => accepts(IsId(), id, id.toLowerCase()));
  it.each(['', '1', `${id}x`, 7, null])('refuses %j', (value) => refuses(IsId(), value, 'must be a UUID'));
  it('takes a list of them in a query, up to its limit', () => {
    accepts(IsIdList(2), `${id},${id}`, [id.toLowerCase(), id.toLowerCase()]);
    for (const value of ['', `${id},`, `${id},x`, `${id},${id},${id}`, [id, 1]])
      refuses(IsIdList(2), value, '1 to 2 UUIDs');
  });
});

describe('IsCode', () => {
  it.each(['a', 'too-busy', '360-review', 'x'.repeat(64)])('takes %s', (value) => accepts(IsCode(), value));
  it.each(['', 'Too-busy', 'too busy', '-a', 'a--b', 'x'.repeat(65), 1, null])('refuses %j', (value) =>
    refuses(IsCode(), value, 'kebab-case of at most 64 characters'),
  );
});

describe('IsNested', () => {
  class Part {
    @IsText(5)
    name!: string;
  }
  class Whole {
    @IsNested(() => Part)
    one!: Part;

    @IsNested(() => Part, { each: true })
    many!: Part[];
  }
  const faulty = (body: object) =>
    validateSync(plainToInstance(Whole, body)).map(
      ({ property, children }) => `${property}${children?.length ? ' within' : ''}`,
    );
  const one = { name: 'a' };

  it('takes an object, or a list of them, and looks into it', () => {
    expect(faulty({ one, many: [one, one] })).toEqual([]);
    expect(faulty({ one, many: [] })).toEqual([]);
    expect(faulty({ one: { name: 1 }, many: [one, { name: 1 }] })).toEqual(['one within', 'many within']);
  });
  it.each([undefined, null, [], [one], 'a', 1])('takes nothing else in the place of an object: %j', (value) =>
    expect(faulty({ one: value, many: [] })).toHaveLength(1),
  );
  it.each([undefined, null, one, [null], [[]], ['a']])('nor in that of a list: %j', (value) =>
    expect(faulty({ one, many: value })).toHaveLength(1),
  );
});

describe('IsCalendarDate', () => {
  it.each(['2024-02-29', '1900-01-01', '2199-12-31'])('takes %s', (value) =>
    accepts(IsCalendarDate(), value),
  );
  it.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '24-01-01',
    '0000-01-01',
    '9999-01-01',
    '2024-01-01T00:00:00Z',
    '',
    20240101,
    null,
  ])('refuses %j, and says which years there are', (value) => {
    refuses(IsCalendarDate(), value, 'date that exists');
    refuses(IsCalendarDate(), value, '1900 to 2199');
  });
});

describe('IsInstant', () => {
  it('hands instants on with milliseconds', () => {
    accepts(IsInstant(), '2026-03-01T09:00Z', '2026-03-01T09:00:00.000Z');
    accepts(IsInstant(), '2026-03-01T09:00:00.5Z', '2026-03-01T09:00:00.500Z');
    expect(instantOf('2026-03-01T09:00:00.123Z')).toBe('2026-03-01T09:00:00.123Z');
  });
  it.each([
    '2026-03-01T09:00:00+02:00',
    '2026-03-01T09:00:00',
    '2026-02-30T09:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T09:00:60Z',
    '2026-03-01',
    '9999-12-31T23:59:59Z',
    '',
    0,
    null,
  ])('refuses %j, and says which years there are', (value) => {
    refuses(IsInstant(), value, 'instant in UTC');
    refuses(IsInstant(), value, '1900 to 2199');
  });
});

describe('IsLocalDateTime', () => {
  it('takes a wall time', () => accepts(IsLocalDateTime(), '2026-03-29T02:30'));
  it.each(['2026-03-29T02:30+02:00', '2026-03-29T02:30Z', '2026-02-30T02:30', '2026-03-29', null])(
    'refuses %j',
    (value) => refuses(IsLocalDateTime(), value, 'without offset'),
  );
});

describe('IsIanaZone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'])('takes %s', (value) =>
    accepts(IsIanaZone(), value),
  );
  it.each(['+02:00', 'Europe/Atlantis', '', 'GMT+2', 'x'.repeat(65), null, 1])('refuses %j', (value) =>
    refuses(IsIanaZone(), value, 'IANA time zone'),
  );
});

describe('numbers', () => {
  it('are whole and in range', () => {
    accepts(IsWholeNumber(-2, 2), -2);
    accepts(IsWholeNumber(-2, 2), 2);
    for (const value of [-3, 3, 1.5, '1', NaN, null, undefined, [1]])
      refuses(IsWholeNumber(-2, 2), value, 'must be a whole number from -2 to 2');
  });
  it('or any in range', () => {
    accepts(IsNumberBetween(0, 2), 1.5);
    for (const value of [-0.1, 2.1, '1', Infinity, null, undefined])
      refuses(IsNumberBetween(0, 2), value, 'must be a number from 0 to 2');
  });
  it('that are missing have one fault', () => {
    class Dto {
      @IsWholeNumber(1, 5)
      rating!: number;
    }
    const [error] = validateSync(new Dto());
    expect(Object.values(error!.constraints!)).toEqual(['rating must be a whole number from 1 to 5']);
  });
});

describe('in a query', () => {
  it('numbers are whole and in range', () => {
    accepts(IsQueryInt(1, 500), '500', 500);
    for (const value of ['0', '501', '1.5', '1e2', '', ' 1', 'x', ['1', '2'], '99999999999999999999']) {
      refuses(IsQueryInt(1, 500), value, 'whole number from 1 to 500');
    }
  });
  it('flags are true or false', () => {
    accepts(IsQueryFlag(), 'false', false);
    accepts(IsQueryFlag(), 'true', true);
    for (const value of ['', '1', 'yes', ['true', 'true']]) refuses(IsQueryFlag(), value, 'true or false');
  });
});

describe('NotBefore', () => {
  class Period {
    @IsCalendarDate()
    from!: string;

    @IsCalendarDate()
    @NotBefore('from')
    to!: string;
  }
  const faults = (from: string, to: string) => validateSync(plainToInstance(Period, { from, to })).length;

  it('refuses an end before its start', () => {
    expect(faults('2026-01-02', '2026-01-01')).toBe(1);
    expect(faults('2026-01-01', '2026-01-01')).toBe(0);
  });
});
