import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { boss, crew, csv, MAPPING, peopleService, worker, type PeopleService, type Tenant } from './given.js';

let people: PeopleService;
let tenant: Tenant;
beforeAll(async () => {
  people = await peopleService();
});
afterAll(() => people.stop());
beforeEach(async () => {
  tenant = people.tenant();
  expect((await tenant.save()).status).toBe(200);
});

const latin = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('a file that is understood', () => {
  const understood: [string, string | Buffer, object][] = [
    ['as UTF-8', csv(crew(2)), { encoding: 'utf-8', delimiter: ',', bom: false }],
    ['with a byte order mark', `\ufeff${csv(crew(2))}`, { encoding: 'utf-8', delimiter: ',', bom: true }],
    ['delimited by ;', csv(crew(2), ';'), { encoding: 'utf-8', delimiter: ';', bom: false }],
    ['delimited by tabs', csv(crew(2), '\t'), { encoding: 'utf-8', delimiter: '\t', bom: false }],
    ['as UTF-16', utf16(csv(crew(2))), { encoding: 'utf-16le', delimiter: ',', bom: true }],
    [
      'as Windows-1252',
      latin(csv([...crew(1), worker(2, { Name: 'Lindqvist, Åsa' })])),
      { encoding: 'windows-1252', delimiter: ',', bom: false },
    ],
    ['with spaces at the ends of cells', csv([boss, worker(1, { Dept: 'Making   ' }), worker(2)]), {}],
  ];
  it.each(understood)('%s', async (_, file, detected) => {
    const { status, body } = await tenant.send(file);
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'applied', detected, counts: { rows: 3, created: 3, rejected: 0 } });
    const { body: list } = await tenant.get('?department=Making');
    expect(list.items).toHaveLength(3);
  });

  it('with days in several formats, each of which the mapping names', async () => {
    await tenant.save({ ...MAPPING, hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD', 'DD.MM.YYYY'] } });
    const { body } = await tenant.send(csv([boss, worker(1, { Hired: '17.03.2018' })]));
    expect(body).toMatchObject({ status: 'applied', counts: { created: 2 } });
  });
});

describe('rows at fault are named, and nothing is applied', () => {
  const atFault: [string, string, object][] = [
    [
      'ragged',
      csv(crew(1)) + 'E2,Short\n',
      { line: 4, code: 'ragged-row', expected: '8 cells, as the header has' },
    ],
    [
      'an employee id twice',
      csv([...crew(1), worker(1)]),
      { line: 3, column: 'Id', code: 'duplicate-employee-id', found: 'E1' },
    ],
    [
      'an unknown manager',
      csv([...crew(1), worker(2, { Boss: 'Vera Stone' })]),
      { line: 4, column: 'Boss', code: 'unknown-manager', found: 'Vera Stone' },
    ],
    [
      'a circle of managers',
      csv([boss, worker(1, { Boss: 'Temi 2 Okoro' }), worker(2, { Boss: 'Temi 1 Okoro' })]),
      {
        line: 3,
        column: 'Boss',
        code: 'reporting-cycle',
        expected: 'managers that lead upwards, not round: E1 → E2 → E1',
      },
    ],
    [
      'an unreadable date',
      csv([...crew(1), worker(2, { Hired: '31/12/2018' })]),
      {
        line: 4,
        column: 'Hired',
        code: 'unreadable-date',
        expected: 'a day written as YYYY-MM-DD',
        found: '31/12/2018',
      },
    ],
    [
      'a number out of its scale',
      csv([...crew(1), worker(2, { Score: '9' })]),
      { line: 4, column: 'Score', code: 'number-out-of-range' },
    ],
    ['a stray quote', csv(crew(1)) + 'E2,Sm"ith,M,O,,2018-01-01,,\n', { line: 4, code: 'stray-quote' }],
  ];
  it.each(atFault)('%s', async (_, file, error) => {
    const { status, body } = await tenant.send(file);
    expect(status).toBe(200);
    expect(body.status).toBe('rejected');
    const { body: rows } = await tenant.get(`/imports/${body.id}/rows?outcome=rejected`);
    expect(rows.items[0]).toMatchObject({ line: (error as { line: number }).line, errors: [error] });
    expect(rows.items).toEqual(body.rejected);
    const { rows: count, created, updated, unchanged, ended, rejected } = body.counts;
    expect(created + updated + unchanged + ended + rejected).toBe(count);
    expect((await tenant.get('')).body.items).toEqual([]);
    expect(await tenant.events()).toEqual([]);
  });

  it('unless partial mode was chosen: then the sound ones are applied', async () => {
    const file = csv([...crew(1), worker(2, { Hired: 'soon' })]);
    const { body } = await tenant.send(file, '&partial=true');
    expect(body).toMatchObject({ status: 'applied', counts: { rows: 3, created: 2, rejected: 1 } });
    expect((await tenant.get('')).body.items).toHaveLength(2);
  });
});

describe('a file that cannot be used as a whole', () => {
  const unusable: [string, string | Buffer, string][] = [
    ['empty', '', 'empty-file'],
    ['without rows', csv([]), 'no-rows'],
    ['without a column of the mapping', csv(crew(1)).replace('Hired', 'Joined'), 'missing-column'],
    ['with a column twice', csv(crew(1)).replace('Dept', 'Id'), 'duplicate-column'],
    [
      'in a wrong encoding',
      Buffer.concat([latin(csv([...crew(1), worker(2, { Name: 'Åsa Å' })])), Buffer.from([0x81, 0x0a])]),
      'wrong-encoding',
    ],
  ];
  it.each(unusable)('%s', async (_, file, code) => {
    const { status, body } = await tenant.send(file);
    expect(status).toBe(422);
    expect(body.type).toBe('urn:cairn:problem:file-unreadable');
    expect(body.problems[0]).toMatchObject({ code, expected: expect.any(String) });
  });

  it('is not what one bad byte makes of a UTF-8 file: that row is rejected, and named', async () => {
    const [head, tail] = csv([...crew(1), worker(2, { Name: 'Åsa, J?nas' }), worker(3)]).split('?');
    const file = Buffer.concat([Buffer.from(head!), Buffer.from([0xf6]), Buffer.from(tail!)]);
    const { status, body } = await tenant.send(file);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'rejected',
      detected: { encoding: 'utf-8', encodingBecause: expect.stringContaining('UTF-8') },
      counts: { rejected: 1 },
      rejected: [{ errors: [{ code: 'unreadable-character', column: 'Name' }] }],
    });
  });

  it('of a day that has not begun anywhere: older files would be refused until then', async () => {
    // It is 1 June, 09:00 UTC: no calendar on Earth shows the second yet.
    const early = await tenant.send(csv(crew(1)), '&snapshotDate=2026-06-02');
    expect([early.status, early.body.problems[0].code]).toEqual([422, 'snapshot-in-the-future']);
    expect(early.body.detail).toContain('up to 2026-06-01');
    await tenant.save({ ...MAPPING, snapshotDate: '2062-06-01' });
    expect((await tenant.send(csv(crew(1)))).status).toBe(422);
    expect((await tenant.send(csv(crew(1)), '&snapshotDate=2026-06-01')).body.status).toBe('applied');
    expect((await tenant.send(csv(crew(2)), '&snapshotDate=2026-06-01')).body.status).toBe('applied');
  });

  it.each([
    ['an .xlsx', [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]],
    ['an .xls', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]],
  ])('%s, with the way to CSV', async (_, opening) => {
    const file = Buffer.from([...opening, ...Array.from({ length: 2000 }, (_each, i) => i % 256)]);
    const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    for (const contentType of ['text/csv', xlsx]) {
      const { status, body } = await tenant.call('POST', '/imports?mapping=crew', {
        body: file,
        contentType,
      });
      expect([status, body.problems[0].code]).toEqual([422, 'not-csv']);
      expect(body.detail).toContain('Save As');
    }
  });

  it('without a snapshot date anywhere', async () => {
    await tenant.save({ ...MAPPING, snapshotDate: undefined });
    const { status, body } = await tenant.send(csv(crew(1)));
    expect([status, body.problems[0].code]).toEqual([422, 'snapshot-date-missing']);
    expect((await tenant.send(csv(crew(1)), '&snapshotDate=2026-02-01')).body.snapshotDate).toBe(
      '2026-02-01',
    );
  });
});

describe('a request that cannot be used', () => {
  const file = csv(crew(1));
  it.each([
    ['no mapping', '/imports', 'text/csv', file, 400, 'mapping-missing'],
    ['an unknown mapping', '/imports?mapping=other', 'text/csv', file, 404, 'not-found'],
    [
      'a snapshot date that is none',
      '/imports?mapping=crew&snapshotDate=2026-02-30',
      'text/csv',
      file,
      400,
      'bad-query',
    ],
    ['an unknown parameter', '/imports?mapping=crew&dry=1', 'text/csv', file, 400, 'unknown-parameter'],
    ['another media type', '/imports?mapping=crew', 'application/pdf', file, 415, 'unsupported-media-type'],
    ['JSON for a file', '/imports?mapping=crew', 'application/json', '{}', 415, 'unsupported-media-type'],
    ['no file', '/imports?mapping=crew', 'text/csv', undefined, 415, 'unsupported-media-type'],
    ['a form without boundary', '/imports', 'multipart/form-data', file, 400, 'bad-form'],
    ['a form that is none', '/imports', 'multipart/form-data; boundary=x', file, 400, 'bad-form'],
  ])('%s', async (_, path, contentType, body, status, slug) => {
    const reply = await tenant.call('POST', path, { body, contentType });
    expect([reply.status, reply.body.type]).toEqual([status, `urn:cairn:problem:${slug}`]);
  });

  it('no idempotency key, no token, another role', async () => {
    const pointed = '/imports?mapping=crew';
    const reply = await tenant.call('POST', pointed, { body: file, contentType: 'text/csv', key: ' ' });
    expect(reply.status).toBe(400);
    for (const role of ['program-admin', 'coach', 'coachee', 'manager', 'sponsor'] as const) {
      const as = { roles: [role] };
      const { status } = await tenant.call('POST', pointed, { body: file, contentType: 'text/csv', as });
      expect(status).toBe(403);
    }
    const limited = { roles: ['hr' as const], orgUnits: ['Making'] };
    const narrow = await tenant.call('POST', pointed, { body: file, contentType: 'text/csv', as: limited });
    expect([narrow.status, narrow.body.type]).toEqual([403, 'urn:cairn:problem:whole-organisation-needed']);
  });
});

describe('mappings', () => {
  it.each([
    ['an unknown key', { ...MAPPING, salary: 'Salary' }, 400, '/salary'],
    ['a missing key', { ...MAPPING, employeeId: undefined }, 422, '/employeeId'],
    ['a day that is none', { ...MAPPING, snapshotDate: '2026-02-30' }, 422, '/snapshotDate'],
    ['a name of its own', { ...MAPPING, name: 'another' }, 422, '/name'],
  ])('with %s are refused', async (_, mapping, status, pointer) => {
    const reply = await tenant.save(mapping);
    expect(reply.status).toBe(status);
    expect(reply.body.errors).toEqual([expect.objectContaining({ pointer })]);
  });

  it('with NUL are refused, and so is a name that is not in kebab-case or ships with Cairn', async () => {
    const nul = await tenant.save({ ...MAPPING, notAPerson: ['a'], about: 'x\0' });
    expect(nul.status).toBe(422);
    expect((await tenant.save(MAPPING, 'Not%20So')).status).toBe(400);
    expect((await tenant.save(MAPPING, 'hr-dataset-v14')).body.type).toBe(
      'urn:cairn:problem:mapping-shipped',
    );
  });

  it('are listed with those that ship, read, and changed; other tenants have their own', async () => {
    const { body } = await tenant.get('/mappings');
    expect(
      body.items.map(({ name, shipped }: { name: string; shipped: boolean }) => [name, shipped]),
    ).toEqual([
      ['hr-dataset-v14', true],
      ['crew', false],
    ]);
    const read = await tenant.get('/mappings/crew');
    expect(read.body).toEqual({ name: 'crew', shipped: false, ...MAPPING });
    expect(read.headers['etag']).toBe('"1"');
    expect((await tenant.save()).headers['etag']).toBe('"1"');
    expect((await tenant.save({ ...MAPPING, complete: true })).headers['etag']).toBe('"2"');
    expect((await people.tenant().get('/mappings/crew')).status).toBe(404);
    expect((await tenant.get('/mappings/crew%00')).status).toBe(404);
  });
});
