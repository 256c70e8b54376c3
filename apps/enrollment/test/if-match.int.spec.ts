import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { enrollmentApp, type Reply, type TestApp } from './app.js';
import { coach } from './coaches.js';
import { active, expectStatus, nominated, PREFERENCES, programme } from './given.js';
import { MAPPING } from './people/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await enrollmentApp();
});
afterAll(() => app?.close());

const etag = ({ headers }: Reply) => headers['etag']!;

describe('what overwrites settings that several people keep', () => {
  interface Setting {
    readonly path: string;
    read(): Promise<Reply>;
    write(value: number, ifMatch?: string): Promise<Reply>;
  }
  const sent = (ifMatch?: string) => (ifMatch === undefined ? {} : { ifMatch });
  const settings: Record<string, () => Promise<Setting>> = {
    'a programme': async () => {
      const path = `/programs/${(await programme(app)).programId}`;
      return {
        path: '/programs/{programId}',
        read: () => app.as('hr').get(path),
        write: (capacity, ifMatch) => app.as('hr').patch(path, { changes: { capacity } }, sent(ifMatch)),
      };
    },
    'eligibility rules': async () => {
      const path = `/programs/${(await programme(app)).programId}`;
      const any = (value: number) => [{ attribute: 'teamSize', is: 'at-least', value }];
      const write = (value: number, ifMatch?: string) =>
        app
          .as('hr')
          .put(`${path}/eligibility-rules`, { rules: [{ code: 'leads', any: any(value) }] }, sent(ifMatch));
      expectStatus(200, await write(1));
      return { path: '/programs/{programId}/eligibility-rules', read: () => app.as('hr').get(path), write };
    },
    'a mapping': async () => {
      const mapping = `m-${randomUUID()}`;
      const path = `/people/mappings/${mapping}`;
      const write = (about: number, ifMatch?: string) =>
        app.as('hr').put(path, { ...MAPPING, name: mapping, about: `No. ${about}` }, sent(ifMatch));
      expectStatus(200, await write(1));
      // Nothing is overwritten by the same once more.
      expectStatus(200, await write(1));
      return { path: '/people/mappings/{name}', read: () => app.as('hr').get(path), write };
    },
    "a coach's capacity": async () => {
      const path = `/coaches/${await coach(app, randomUUID())}`;
      return {
        path: '/coaches/{coachId}/capacity',
        read: () => app.as('hr').get(path),
        write: (capacity, ifMatch) => app.as('hr').post(`${path}/capacity`, { capacity }, sent(ifMatch)),
      };
    },
  };

  it.each(Object.keys(settings))('%s needs the version that was seen, and says so', async (name) => {
    const setting = await settings[name]!();
    const before = await setting.read();
    const without = await setting.write(50);
    expect([without.status, without.body.type]).toEqual([428, 'urn:cairn:problem:if-match-required']);
    expect((await setting.read()).body).toEqual(before.body);

    const written = await setting.write(51, etag(before));
    expectStatus(200, written);
    const stale = await setting.write(52, etag(before));
    expect([stale.status, stale.body.type]).toEqual([412, 'urn:cairn:problem:stale-version']);
    expect(etag(written)).toMatch(new RegExp(`^"${stale.body.currentVersion}[".]`));
    expectStatus(200, await setting.write(52, `"${stale.body.currentVersion}"`));

    const { body } = await app.as('hr').get('/../openapi.json');
    const document = body as { paths: Record<string, Record<string, { parameters?: object[] }>> };
    const operations = Object.entries(document.paths[`/enrollment/v1${setting.path}`]!);
    const [, command] = operations.find(([method]) => method !== 'get')!;
    const headers = command.parameters!.filter((each) => 'name' in each && each.name === 'If-Match');
    expect(headers).toEqual([expect.objectContaining({ in: 'header' })]);
  });

  it.each(Object.keys(settings))('%s: of several who saw the same version, one changes it', async (name) => {
    const { read, write } = await settings[name]!();
    const seen = etag(await read());
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => write(n + 20, seen)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });
});

describe('any other command', () => {
  it('heeds a version where it is given', async () => {
    const to = await programme(app);
    const { enrollmentId, personId } = await active(app, to);
    const hr = app.as('hr');
    const coachee = app.as('coachee', { personId });
    const path = `/enrollments/${enrollmentId}`;
    const seen = etag(await hr.get(path));
    const hours = { ...PREFERENCES, hours: 'fri 09:00-17:00' };
    expectStatus(200, await coachee.post(`${path}/preferences`, hours));
    const late = await hr.post(`${path}/cancel`, { reason: 'unresponsive' }, { ifMatch: seen });
    expect(late.status).toBe(412);

    const match = etag(await hr.get(`${path}/match`));
    expectStatus(200, await hr.post(`${path}/match/withdraw`, {}, { ifMatch: match }));
    expect((await hr.post(`${path}/match/shortlist`, {}, { ifMatch: match })).status).toBe(412);

    const program = `/programs/${to.programId}`;
    const closing = await hr.post(`${program}/cohorts/${to.cohortId}/close`, {}, { ifMatch: '"1"' });
    expect(closing.status).toBe(412);
  });

  it('takes the version of somebody who waits apart from their place in the queue', async () => {
    const to = await programme(app, { capacity: 1 });
    await active(app, to);
    const { enrollmentId } = await nominated(app, to);
    const path = `/enrollments/${enrollmentId}`;
    expectStatus(200, await app.as('hr').post(`${path}/invite`));
    const waiting = await app.as('hr').get(path);
    expect(waiting.body.waitlistPlace).toBe(1);
    const withdrawn = await app
      .as('hr')
      .post(`${path}/withdraw`, { reason: 'by-hr' }, { ifMatch: etag(waiting) });
    expectStatus(200, withdrawn);
  });
});
