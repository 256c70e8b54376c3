import { IsText } from '@cairn/http';
import { applyDecorators } from '@nestjs/common';
import { Matches } from 'class-validator';

/** A name or label as people read it. */
export const IsName = (max: number): PropertyDecorator =>
  applyDecorators(
    IsText(max),
    Matches(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, {
      message: '$property must not have control characters, nor those that turn the direction of a text',
    }),
  );
