import { describe, expect, it } from '@jest/globals';
import { makeLogger } from './log.js';

function written(log: (logger: ReturnType<typeof makeLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  log(makeLogger({ write: (line: string) => void lines.push(line) }, 'info'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is one JSON object a line, with an ISO time', () => {
    const [line] = written((logger) => logger.info({ service: 'sessions' }, 'relay started'));
    expect(line).toMatchObject({ level: 30, service: 'sessions', msg: 'relay started' });
    expect(line!['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('holds no token, no header and no body, wherever they are put', () => {
    const text = JSON.stringify(
      written((logger) => {
        logger.warn({
          authorization: 'Bearer canary-1',
          req: { headers: { authorization: 'Bearer canary-2' }, body: { note: 'canary-3' } },
        });
        logger.warn({ token: 'canary-4', user: { password: 'canary-5' } });
      }),
    );
    expect(text).not.toContain('canary');
  });

  it('says in a line that nobody answers, without a stack', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), { code: 'ECONNREFUSED' });
    const [line] = written((logger) =>
      logger.warn({ err: new Error('retries exceeded', { cause: refused }) }, 'not reading for now'),
    );
    expect(line!['err']).toEqual({
      type: 'Error',
      message: 'retries exceeded',
      cause: { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:9092', code: 'ECONNREFUSED' },
    });
  });

  it('holds no SQL, no parameter and no row of a failed statement', () => {
    const failed = Object.assign(new Error('duplicate key value violates unique constraint "people_email"'), {
      name: 'QueryFailedError',
      code: '23505',
      constraint: 'people_email',
      detail: 'Key (email)=(canary@example.org) already exists.',
      query: 'insert into people values ($1) -- canary',
      parameters: ['canary'],
    });
    const [line] = written((logger) => logger.error({ err: failed }, 'failed'));
    expect(line!['err']).toMatchObject({
      code: '23505',
      constraint: 'people_email',
      message: expect.stringContaining('people_email'),
    });
    expect(JSON.stringify(line)).not.toContain('canary');
  });

  it('withholds messages that quote their input, also of a cause', () => {
    const badValue = Object.assign(new Error('invalid input syntax for type uuid: "canary"'), {
      code: '22P02',
    });
    let badJson: unknown;
    try {
      JSON.parse('{"note": canary}');
    } catch (error) {
      badJson = error;
    }
    const lines = written((logger) => {
      logger.error({ err: badValue });
      logger.error({ err: badJson });
      logger.error(badValue);
      logger.error({ err: new Error('outer', { cause: badValue }) });
      logger.error({ err: { note: 'canary' } });
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(lines).toHaveLength(5);
  });
});
