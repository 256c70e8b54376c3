import { expect, it } from '@jest/globals';
import type { ProjectionStatus } from '@cairn/projections';
import { PROJECTIONS } from './index.js';
import { isStuck } from './runner.js';

const now = new Date('2026-03-02T09:00:00.000Z');
const { name, version } = PROJECTIONS[0]!;
const behind: ProjectionStatus = {
  name,
  version,
  build: 1,
  position: '0000000000000001',
  state: 'behind',
  isRead: true,
  lagSeconds: 31,
  progressedAt: '2026-03-02T08:59:29.000Z',
};

it.each<[string, Partial<ProjectionStatus>, boolean]>([
  ['work has waited for 30 s without progress', {}, true],
  ['a retired build of this release’s version, too, is kept up to date', { state: 'retired' }, true],
  ['this release does not have the version', { state: 'retired', version: version + 1 }, false],
  ['the event is a new one after a quiet hour', { lagSeconds: 1 }, false],
  ['it has a long way to go and goes it', { progressedAt: now.toISOString() }, false],
  ['its indexes are being made', { state: 'indexing' }, false],
])('a projection is stuck, or not, where %s', (_, more, stuck) => {
  expect(isStuck({ ...behind, ...more }, now)).toBe(stuck);
});
