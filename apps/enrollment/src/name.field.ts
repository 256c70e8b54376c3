import { IsText } from '@cairn/http';
import { applyDecorators } from '@nestjs/common';
import { Matches } from 'class-validator';
import { BIDI_RANGE } from './people/import/names.js';

/** A name or label as people read it. */
export const IsName = (max: number): PropertyDecorator =>
  applyDecorators(
    IsText(max),
    Matches(new RegExp(`^[^\\p{Cc}${BIDI_RANGE}]*$`, 'u'), {
      message: '$property must not have control characters, nor those that turn the direction of a text',
    }),
  );
