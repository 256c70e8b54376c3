import { expect, it } from '@jest/globals';
import { at, Programme } from '../../../test/programme.js';
import { momentOf } from './moment.js';
import { programAt } from './program-at.js';

it('a raised minimum group holds from every asOf, also from before anybody knew of it', () => {
  const { program } = new Programme({ minimumGroup: 4 }).changed('03-01', { minimumGroup: 6 });
  for (const basis of ['occurredAt', 'recordedAt'] as const)
    for (const asOf of ['02-01', '04-01'])
      expect(programAt(program, momentOf(at(asOf), basis))!.minimumGroup).toBe(6);
});
