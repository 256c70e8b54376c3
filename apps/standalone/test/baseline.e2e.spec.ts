import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { openCairn, type Cairn } from './harness.js';

process.env['LOG_LEVEL'] = 'fatal';
const sample = process.env['CAIRN_HRIS_SAMPLE'];
if (!sample)
  console.warn(
    'CAIRN_HRIS_SAMPLE names no file: what HR reads of the real HR file before any coaching is skipped.',
  );

/*
 * HR's first page, from the file to the answer. Counted by hand in the file: of 311 people, 219 were hired by 2018-01-01
 * and had not left before it; 13 of these left in 2018, 9 of them under two of the managers whom it names.
 */
(sample ? describe : describe.skip)('the manager baseline of the real HR file', () => {
  const hr = { roles: ['hr' as const] };
  const YEAR = 'from=2018-01-01&to=2018-12-31';
  let cairn: Cairn;
  const baseline = (query: string) =>
    cairn.client.good(hr, { path: `/analytics/v1/manager-baseline?limit=500${query && `&${query}`}` });
  /** Of these people, by name: team size on the first day, and how many of them left. */
  async function teams(items: { managerId: string; teamSizeOnFirstDay: number; left: number }[]) {
    const ids = items.map(({ managerId }) => managerId).join(',');
    const { items: people } = await cairn.client.good(hr, {
      path: `/enrollment/v1/people?limit=500&ids=${ids}`,
    });
    const names = new Map(people.map(({ personId, name }: Record<string, unknown>) => [personId, name]));
    return new Map(
      items.map(({ managerId, teamSizeOnFirstDay, left }) => [
        String(names.get(managerId)),
        [left, teamSizeOnFirstDay],
      ]),
    );
  }

  beforeAll(async () => {
    cairn = await openCairn('postgres');
    const { status } = await cairn.client.good(hr, {
      method: 'POST',
      path: '/enrollment/v1/people/imports?mapping=hr-dataset-v14',
      body: await readFile(sample!, 'utf8'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(status).toBe('applied');
    await cairn.client.until(
      hr,
      `/analytics/v1/manager-baseline?${YEAR}`,
      ({ totals }) => totals.employedOnFirstDay === 219 && totals.left === 13,
      60,
    );
  }, 120_000);
  afterAll(() => cairn?.stop());

  it('says by the manager named that of 219 employed 13 left, 9 of them under two managers', async () => {
    const { totals, items } = await baseline(`${YEAR}&countedBy=managerNamed`);
    expect(totals).toMatchObject({ employedOnFirstDay: 219, left: 13, unknownTeam: 0 });
    const found = await teams(items);
    expect([found.get('Michael Albert'), found.get('Kissy Sullivan')]).toEqual([
      [5, 18],
      [4, 14],
    ]);
    expect([...found.values()].filter(([left]) => left! >= 4)).toHaveLength(2);
  });

  it('says that by the rule of memberships none of the 219 has an unknown team, and the same of the two', async () => {
    const named = await baseline(`${YEAR}&countedBy=managerNamed`);
    const { totals, items } = await baseline(YEAR);
    expect(totals).toMatchObject({ employedOnFirstDay: 219, left: 13 });
    expect(totals.inTeams + totals.withoutManager + totals.unknownTeam).toBe(219);
    expect([totals.unknownTeam, named.totals.unknownTeamByMembership]).toEqual([0, 0]);
    const found = await teams(items);
    expect([found.get('Michael Albert'), found.get('Kissy Sullivan')]).toEqual([
      [5, 18],
      [4, 14],
    ]);
  });

  it('says that the 12 months to today hold none of its data, and which days do', async () => {
    const { note, data } = await baseline('');
    expect(note.code).toBe('no-data-in-period');
    expect(data.to).toBe('2019-02-28');
  });
});
