import { createRequire } from 'node:module';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import { membersOf } from './validation.js';

/** Where `@Type()` keeps what it was told: class-transformer has no other way to ask. */
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  defaultMetadataStorage: {
    findTypeMetadata(dto: Function, member: string): { typeFunction(options: object): unknown } | undefined;
  };
};

/** One rule on a member, as class-validator keeps it. */
interface Rule {
  readonly type: string;
  readonly name?: string;
  readonly propertyName: string;
  readonly constraints?: readonly unknown[];
  readonly each: boolean;
}

type Schema = Record<string, unknown>;

/** What each rule says in JSON Schema; a rule that is not here says nothing that a schema can hold. */
const SAYS: Record<string, (constraints: readonly unknown[]) => Schema> = {
  isText: ([min, max]) => ({ type: 'string', minLength: min, maxLength: max }),
  isId: () => ({ type: 'string', format: 'uuid' }),
  isIdList: ([max]) => ({ type: 'string', description: `1 to ${String(max)} UUIDs, separated by commas` }),
  isCalendarDate: () => ({ type: 'string', format: 'date' }),
  isInstant: () => ({ type: 'string', format: 'date-time' }),
  isLocalDateTime: () => ({ type: 'string', example: '2026-03-01T09:00' }),
  isIanaZone: () => ({ type: 'string', example: 'Europe/Berlin' }),
  isWholeNumber: ([minimum, maximum]) => ({ type: 'integer', minimum, maximum }),
  isNumberBetween: ([minimum, maximum]) => ({ type: 'number', minimum, maximum }),
  isQueryInt: ([minimum, maximum]) => ({ type: 'integer', minimum, maximum }),
  isQueryFlag: () => ({ type: 'boolean' }),
  isString: () => ({ type: 'string' }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  matches: ([pattern]) => ({
    type: 'string',
    ...(pattern instanceof RegExp ? { pattern: pattern.source } : {}),
  }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isBoolean: () => ({ type: 'boolean' }),
  isIn: ([values]) => ({ enum: values }),
  isEnum: ([, values]) => ({ enum: values }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  length: ([minLength, maxLength]) => ({ minLength, maxLength }),
};

const ON_ARRAYS: Record<string, (constraints: readonly unknown[]) => Schema> = {
  isArray: () => ({}),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
};

const described = new Set<Function>();

/**
 * Tells the API document what a DTO class takes, from the rules that requests are checked against: the two cannot differ.
 * A member with an `@ApiProperty` of its own keeps it.
 */
export function describeDto(dto: Function): void {
  if (described.has(dto)) return;
  described.add(dto);
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false) as unknown as Rule[];
  for (const member of membersOf(dto)) {
    // The list, not the member: an inherited one has metadata, but is missing from a list that the subclass began before.
    const listed = Reflect.getMetadata('swagger/apiModelPropertiesArray', dto.prototype as object) as
      string[] | undefined;
    if (listed?.includes(`:${member}`)) continue;
    const own = rules.filter((rule) => rule.propertyName === member);
    ApiProperty(schemaOf(dto, member, own) as ApiPropertyOptions)(dto.prototype as object, member);
  }
}

function schemaOf(dto: Function, member: string, rules: readonly Rule[]): Schema {
  const named = rules.map((rule) => ({
    ...rule,
    name: rule.name ?? '',
    constraints: rule.constraints ?? [],
  }));
  const required = !named.some((rule) => rule.name === 'isOptional');
  const isArray = named.some((rule) => rule.each || rule.name in ON_ARRAYS);
  const said = named
    .filter((rule) => rule.each === isArray || !(rule.name in ON_ARRAYS))
    .map((rule) => SAYS[rule.name]?.(rule.constraints) ?? {});
  const onArray = named.map((rule) => ON_ARRAYS[rule.name]?.(rule.constraints) ?? {});
  const value = Object.assign({}, ...said) as Schema;
  if (named.some((rule) => rule.type === 'nestedValidation')) {
    const nested = defaultMetadataStorage
      .findTypeMetadata(dto, member)
      ?.typeFunction({ newObject: {}, object: {}, property: member });
    if (typeof nested === 'function') {
      describeDto(nested);
      return { required, type: () => nested as unknown, isArray, ...Object.assign({}, ...onArray) };
    }
  }
  if (!value['type']) value['type'] = typeOfEnum(value['enum']) ?? 'object';
  if (!isArray) return { required, ...value };
  return { required, type: 'array', items: value, ...Object.assign({}, ...onArray) };
}

function typeOfEnum(values: unknown): string | undefined {
  if (!Array.isArray(values)) return undefined;
  return typeof values[0] === 'number' ? 'number' : 'string';
}
