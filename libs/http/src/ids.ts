import { Param, type PipeTransform } from '@nestjs/common';
import { RefusedError } from '@cairn/decider';
import { isUuid } from '@cairn/identity';
import { notFound } from './problem.js';

const existing: PipeTransform<unknown, string> = {
  transform(value, { data = 'id' }) {
    if (!isUuid(value))
      throw new RefusedError(notFound(data.replace(/Id$/, '').replace('program', 'programme') || 'thing'));
    return value.toLowerCase();
  },
};

/** An id in a path, `@Id('sessionId') sessionId: string`. What is no UUID names nothing: 404, like an id that never existed. */
export const Id = (name: string): ParameterDecorator => Param(name, existing);
