import { expect, it } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import { readFile } from 'node:fs/promises';
import type { Role } from '@cairn/identity';
import { OpinionsController } from '../http/opinions.controller.js';
import { readerOf } from '../reports/access.js';
import { visibleIn, type Seen } from './visible.js';

const ROLES = ['hr', 'program-admin', 'manager', 'sponsor'] as const;
const rowOf = (what: string, open = false) => visibleIn(open).find((row) => row.what === what)!;

it.each([true, false])('says what the reports do, where managersSeeParticipation is %s', (open) => {
  for (const role of ROLES) {
    const reader = readerOf(
      { tenantId: 't', subject: 's', roles: [role], personId: 'p', sensitive: false },
      { lineUpwards: new Set(), coached: new Set(), managersSeeParticipation: open },
    );
    const seen = (mayBeByName: boolean): Seen => (mayBeByName ? 'you' : 'whole');
    expect([role, rowOf('participation', open)[role]]).toEqual([role, seen(reader.people)]);
    expect([role, rowOf('match')[role]]).toEqual([role, reader.coaches ? 'you' : 'no']);
    if (role !== 'manager')
      expect([role, rowOf('theme-and-goal-status')[role]]).toEqual([role, seen(reader.goals)]);
  }
});

it('says who is told opinions', () => {
  const told = (Reflect.getMetadataKeys(OpinionsController.prototype.opinions) as string[])
    .map((key) => new Reflector().get<Role[]>(key, OpinionsController.prototype.opinions))
    .find((roles) => Array.isArray(roles) && roles.includes('hr'))!;
  const opinions = ['ratings-and-feedback', 'session-themes', 'observed-attainment', 'pulses'];
  for (const what of [...opinions, 'fit-signals', 'rematch-reason', 'assessment-results'])
    for (const role of ROLES) expect(rowOf(what)[role]).toBe(told.includes(role) ? 'whole' : 'no');
  expect(told).toContain('coach');
  expect(opinions.concat('fit-signals').filter((what) => rowOf(what).coach === 'whole')).toEqual([
    'ratings-and-feedback',
    'fit-signals',
  ]);
});

it('is explained, code by code', async () => {
  const page = await readFile(new URL('../../../../docs/explanation/privacy.md', import.meta.url), 'utf8');
  const section = /^## What each role can see$([\s\S]*?)^## /m.exec(page)![1]!;
  const codes = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(codes).toEqual(visibleIn(false).map(({ what }) => what));
});
