import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { managerBaseline } from '@cairn/manager-baseline';
import { DataSource } from 'typeorm';
import { PersonEntity } from '../../src/people/person.entity.js';
import { loadBaselineRows } from '../../src/people/baseline.rows.js';
import { peopleService, type Json, type PeopleService, type Tenant } from './given.js';

const sample = process.env['CAIRN_HRIS_SAMPLE'];
if (!sample)
  console.warn('CAIRN_HRIS_SAMPLE names no file: what is pinned on the real HR file over HTTP is skipped.');

(sample ? describe : describe.skip)('the real HR file, over HTTP', () => {
  let people: PeopleService;
  let tenant: Tenant;
  let file: Buffer;
  beforeAll(async () => {
    people = await peopleService();
    tenant = people.tenant();
    file = await readFile(sample!);
  });
  afterAll(() => people.stop());
  const send = (query: string) =>
    tenant.call('POST', `/imports?${query}`, { body: file, contentType: 'text/csv' });

  it('is understood but for five managers, who are named with who might be meant', async () => {
    const { body: shipped } = await tenant.get('/mappings/hr-dataset-v14');
    const { shipped: _, name: __, placeholders: ___, notAPerson: ____, ...bare } = shipped;
    expect((await tenant.save(bare, 'bare')).status).toBe(200);
    const { body } = await send('mapping=bare');
    expect(body).toMatchObject({
      status: 'rejected',
      managers: { resolvedNames: { employees: 16, placeholders: 0, nobody: 0 }, unresolvedNames: 5 },
    });
    expect(body.managers.unresolved.map(({ name, reports }: Json) => [name, reports])).toEqual([
      ['Michael Albert', 22],
      ['David Stanley', 21],
      ['Webster Butler', 21],
      ['Alex Sweetwater', 9],
      ['Board of Directors', 2],
    ]);
  });

  it('is imported by the shipped mapping: 311 people and four placeholders; a second time nothing changes', async () => {
    const { status, body } = await send('mapping=hr-dataset-v14');
    expect([status, body.status]).toEqual([201, 'applied']);
    expect(body).toMatchObject({
      detected: { encoding: 'utf-8', bom: true, delimiter: ',' },
      counts: { rows: 311, created: 311, rejected: 0, placeholdersCreated: 4 },
      managers: { resolvedNames: { employees: 16, placeholders: 4, nobody: 1 }, unresolved: [] },
    });
    const events = await tenant.events();
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect([count('PersonAdded'), count('PersonLeft')]).toEqual([315, 104]);
    const again = await send('mapping=hr-dataset-v14');
    expect(again.body).toMatchObject({ status: 'nothing-changed', counts: { unchanged: 311 } });
    expect(await tenant.events()).toHaveLength(events.length);
  });

  it('gives the rules the manager baseline of 2018: of 219, 13 left', async () => {
    const { manager } = people.service.service.app.get(DataSource);
    const { tenantId } = tenant;
    const everybody = (await manager.findBy(PersonEntity, { tenantId })).map(({ personId }) => personId);
    const rows = await loadBaselineRows(manager, tenantId, everybody);
    const { totals, managers } = managerBaseline(
      rows,
      { from: '2018-01-01', to: '2018-12-31' },
      'managerNamed',
    );
    expect(totals).toMatchObject({ employedOnFirstDay: 219, left: 13, inTeams: 217, withoutManager: 2 });
    const worst = managers
      .filter(({ left }) => left >= 4)
      .map(({ teamSizeOnFirstDay, left }) => [left, teamSizeOnFirstDay]);
    expect(worst.toSorted()).toEqual([
      [4, 14],
      [5, 18],
    ]);
  });
});
