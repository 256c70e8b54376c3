import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import {
  buildMessage,
  IsArray,
  IsDefined,
  IsObject,
  Matches,
  ValidateBy,
  ValidateNested,
  type ValidationArguments,
  type ValidationOptions,
} from 'class-validator';
import { isUuid } from '@cairn/identity';
import { unstorable } from './text.js';

/** The field types of the domain, for DTOs. Their names are what the API document's schemas are made from. */

function field(
  name: string,
  holds: (value: unknown) => boolean,
  says: string,
  options?: ValidationOptions,
  constraints: unknown[] = [],
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      constraints,
      validator: {
        validate: holds,
        defaultMessage: buildMessage((each) => `${each}$property ${says}`, options),
      },
    },
    options,
  );
}

/** Text of `min` (1) to `max` characters, not blank, without NUL or lone surrogates. */
export function IsText(max: number, options?: ValidationOptions & { min?: number }): PropertyDecorator {
  const min = options?.min ?? 1;
  const holds = (value: unknown) =>
    typeof value === 'string' &&
    value.length <= max &&
    value.length >= min &&
    (min === 0 || value.trim() !== '') &&
    !unstorable(value);
  const size = min === 0 ? `at most ${max}` : `${min} to ${max}`;
  return field(
    'isText',
    holds,
    `must be a text of ${size} characters, without NUL or lone surrogates`,
    options,
    [min, max],
  );
}

/** A stable code, `too-busy`: kebab-case of at most 64 characters, as events carry it. */
export function IsCode(): PropertyDecorator {
  return Matches(/^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$/, {
    message: '$property must be a code in kebab-case of at most 64 characters, as too-busy',
  });
}

/** An object of a DTO class, or with `each` a list of them: never null, nor a list in the place of an object. */
export function IsNested(dto: () => Function, options: { readonly each?: boolean } = {}): PropertyDecorator {
  return applyDecorators(
    ...(options.each ? [IsArray()] : [IsDefined()]),
    IsObject(options),
    ValidateNested(options),
    Type(dto),
  ) as PropertyDecorator;
}

/** A UUID; handed on in lower case. */
export function IsId(options?: ValidationOptions): PropertyDecorator {
  const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);
  return applyDecorators(
    Transform(({ value }) => (Array.isArray(value) ? value.map(lower) : lower(value)) as unknown),
    field('isId', isUuid, 'must be a UUID', options),
  ) as PropertyDecorator;
}

/** How many ids a request may ask for at once: their list is part of the address, which is read up to 16 kB. */
export const MOST_IDS = 200;

/** In a query: up to `max` UUIDs separated by commas; handed on as an array. */
export function IsIdList(max: number): PropertyDecorator {
  const holds = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.length <= max && value.every(isUuid);
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase().split(',') : value) as unknown),
    field('isIdList', holds, `must be 1 to ${max} UUIDs, separated by commas`, undefined, [max]),
  ) as PropertyDecorator;
}

/** Further away lies what was mistyped, or what some library counts wrongly. */
const YEARS = 'of the years 1900 to 2199';

const CALENDAR_DATE = /^(?:19|2[01])\d\d-\d\d-\d\d$/;

export function isCalendarDate(value: unknown): value is string {
  if (typeof value !== 'string' || !CALENDAR_DATE.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** A date in the world, `YYYY-MM-DD`, from 1900 to 2199. */
export function IsCalendarDate(options?: ValidationOptions): PropertyDecorator {
  return field(
    'isCalendarDate',
    isCalendarDate,
    `must be a date that exists, as YYYY-MM-DD, ${YEARS}`,
    options,
  );
}

const INSTANT = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?Z$/;

/** An instant as it is kept everywhere, `2026-03-01T09:00:00.000Z`, or undefined where `value` is none. */
export function instantOf(value: unknown): string | undefined {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  return match && isCalendarDate(match[1]) ? new Date(value as string).toISOString() : undefined;
}

/** An instant in UTC, `2026-03-01T09:00:00Z`; handed on with milliseconds. */
export function IsInstant(options?: ValidationOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (instantOf(value) ?? value) as unknown),
    field(
      'isInstant',
      (value) => instantOf(value) !== undefined,
      `must be an instant in UTC, as 2026-03-01T09:00:00Z, ${YEARS}`,
      options,
    ),
  ) as PropertyDecorator;
}

const LOCAL = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d$/;

/** A wall time, `2026-03-01T09:00`: it needs an IANA zone beside it and never carries an offset. */
export function IsLocalDateTime(options?: ValidationOptions): PropertyDecorator {
  const holds = (value: unknown) => typeof value === 'string' && isCalendarDate(LOCAL.exec(value)?.[1]);
  return field(
    'isLocalDateTime',
    holds,
    `must be a wall time without offset, as 2026-03-01T09:00, ${YEARS}; its zone is a field of its own`,
    options,
  );
}

const zones = new Set<string>();

export function isIanaZone(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 64) return false;
  if (zones.has(value)) return true;
  // Intl takes offsets such as +02:00 for zones too; a zone's name begins with a letter.
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: value });
  } catch {
    return false;
  }
  zones.add(value);
  return true;
}

/** An IANA time zone, `Europe/Berlin`. */
export function IsIanaZone(options?: ValidationOptions): PropertyDecorator {
  return field(
    'isIanaZone',
    isIanaZone,
    'must be an IANA time zone, as Europe/Berlin; an offset is none',
    options,
  );
}

/** A whole number from `min` to `max`. One rule says all, so that one that is missing is one fault. */
export function IsWholeNumber(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  const holds = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  return field('isWholeNumber', holds, `must be a whole number from ${min} to ${max}`, options, [min, max]);
}

/** A number from `min` to `max`. */
export function IsNumberBetween(min: number, max: number): PropertyDecorator {
  const holds = (value: unknown) =>
    Number.isFinite(value) && (value as number) >= min && (value as number) <= max;
  return field('isNumberBetween', holds, `must be a number from ${min} to ${max}`, undefined, [min, max]);
}

/** A whole number in a query, from `min` to `max`. */
export function IsQueryInt(min: number, max: number): PropertyDecorator {
  const holds = (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return applyDecorators(
    Transform(
      ({ value }) =>
        (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value) as unknown,
    ),
    field('isQueryInt', holds, `must be a whole number from ${min} to ${max}`, undefined, [min, max]),
  ) as PropertyDecorator;
}

/** `true` or `false` in a query. */
export function IsQueryFlag(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value) as unknown),
    field('isQueryFlag', (value) => typeof value === 'boolean', 'must be true or false'),
  ) as PropertyDecorator;
}

/** On the end of a period: not before the field `from`, where that is given. Both are dates, or both instants. */
export function NotBefore(from: string): PropertyDecorator {
  return ValidateBy({
    name: 'notBefore',
    constraints: [from],
    validator: {
      validate: (value: unknown, { object }: ValidationArguments = {} as ValidationArguments) => {
        const start = (object as Record<string, unknown>)[from];
        return typeof value !== 'string' || typeof start !== 'string' || start <= value;
      },
      defaultMessage: () => `$property must not be before ${from}`,
    },
  });
}
