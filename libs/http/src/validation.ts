import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { RefusedError, type Refusal } from '@cairn/decider';
import { pointerTo } from './pointer.js';

type Found = { pointer: string; detail: string };

/**
 * Checks bodies and queries against their DTO classes. Unknown members and anything wrong in a query are 400; a body that
 * has the right members with unacceptable values is 422.
 */
@Injectable()
export class EdgeValidation extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      validationError: { target: true, value: false },
      exceptionFactory: (errors) => new InvalidInput(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // No body at all is an empty one; `null` is a body, and no object.
    if (metadata.type === 'body' && this.toValidate(metadata) && value !== undefined && !isObject(value)) {
      throw refused('malformed', 'not-an-object', 'The body must be a JSON object.', [
        { pointer: '', detail: 'must be an object' },
      ]);
    }
    // `IsOptional` lets null through for absent, and nothing behind it expects one.
    if (metadata.type === 'body' && this.toValidate(metadata)) {
      const nulls = nullsIn(value, []);
      if (nulls.length > 0)
        throw refused(
          'invalid',
          'null-not-taken',
          'null stands for nothing here: leave out what has no value.',
          nulls.map((path) => ({ pointer: pointerTo(path), detail: 'must not be null' })),
        );
    }
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      throw error instanceof InvalidInput ? refusalOf(error.errors, metadata.type === 'body') : error;
    }
  }
}

/** The paths of the first nulls in a body. */
function nullsIn(value: unknown, above: string[]): string[][] {
  if (value === null) return [above];
  if (typeof value !== 'object' || above.length > 20) return [];
  return Object.entries(value)
    .flatMap(([name, member]) => nullsIn(member, [...above, name]))
    .slice(0, 50);
}

class InvalidInput extends Error {
  constructor(readonly errors: ValidationError[]) {
    super('invalid input');
  }
}

/** The members that a DTO class takes. */
export function membersOf(dto: Function): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

function refusalOf(errors: ValidationError[], inBody: boolean): RefusedError {
  const unknown: Found[] = [];
  const unacceptable: Found[] = [];
  const visit = (
    { property, constraints = {}, children = [], target }: ValidationError,
    above: string[],
  ): void => {
    const path = [...above, property];
    for (const [rule, message] of Object.entries(constraints)) {
      if (rule === 'whitelistValidation')
        unknown.push({ pointer: pointerTo(path), detail: `unknown; there are ${listed(target)}` });
      else unacceptable.push({ pointer: pointerTo(path), detail: message });
    }
    for (const child of children) visit(child, path);
  };
  for (const error of errors) visit(error, []);

  const found = [...unknown, ...unacceptable].slice(0, 50);
  if (!inBody)
    return refused(
      'malformed',
      'bad-query',
      'The query is not acceptable; see errors for what is allowed.',
      found,
    );
  if (unknown.length > 0)
    return refused(
      'malformed',
      'unknown-field',
      'The body has fields that are not known here; remove them.',
      found,
    );
  return refused(
    'invalid',
    'invalid-field',
    'The body has fields that are not acceptable; see errors.',
    found,
  );
}

const listed = (target: object | undefined): string =>
  target ? membersOf(target.constructor).join(', ') || 'none' : 'others';

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refused = (kind: Refusal['kind'], slug: string, detail: string, errors: Found[]) =>
  new RefusedError({ kind, slug, detail, errors });
