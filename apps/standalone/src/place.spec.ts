import { afterEach, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlace, PlaceError } from './place.js';

const before = process.env['CAIRN_HOME'];
afterEach(() => {
  if (before === undefined) delete process.env['CAIRN_HOME'];
  else process.env['CAIRN_HOME'] = before;
});

it('a CAIRN_HOME that does not exist is refused, not made', async () => {
  const nowhere = join(tmpdir(), `cairn-nowhere-${process.pid}`, 'below');
  process.env['CAIRN_HOME'] = nowhere;
  await expect(findPlace()).rejects.toThrow(PlaceError);
  expect(existsSync(nowhere)).toBe(false);
});
