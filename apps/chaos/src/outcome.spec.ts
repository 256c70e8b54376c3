import { describe, expect, it } from '@jest/globals';
import { reportOf, type Outcome } from './outcome.js';
import { WRONGS, type Findings } from './verify/judge.js';

const nothing = Object.fromEntries(WRONGS.map((wrong) => [wrong, []])) as unknown as Findings;
const well: Outcome = {
  findings: nothing,
  undone: [],
  acknowledged: 50_000,
  events: 109_000,
  points: 200,
  struck: new Map([
    ['pause goals', 2],
    ['kill kafka', 1],
  ]),
  retries: 7,
  startsTriedAgain: 1,
  missed: 3,
  loadSeconds: 1843.6,
};

describe('the report of a run', () => {
  it('says the figures in its last line, and that all is well', () => {
    expect(reportOf(well, 43)).toEqual({
      lines: [
        '  struck: 1 × kill kafka, 2 × pause goals',
        '200 points (3 found nothing to strike), 50000 commands acknowledged in 1844 s with 7 sent again, 109000 events, 1 starts tried again',
        'seed 43, 0 lost, 0 twice, 0 disordered, 0 aside, 0 unlike-rebuild, 0 unlike-events, 0 overbooked, 0 failed, 0 died, 0 undone',
      ],
      code: 0,
    });
  });

  it.each(WRONGS)('fails for one that is %s, and names it', (wrong) => {
    const { lines, code } = reportOf({ ...well, findings: { ...nothing, [wrong]: ['this one'] } }, 1);
    expect(code).toBe(1);
    expect(lines[0]).toBe(`  ${wrong}: this one`);
    expect(lines.at(-1)).toContain(` 1 ${wrong}`);
  });

  it('fails for what is undone', () => {
    const { lines, code } = reportOf({ ...well, undone: ['a command'] }, 1);
    expect(code).toBe(1);
    expect(lines).toContain('  undone: a command');
    expect(lines.at(-1)).toMatch(/ 1 undone$/);
  });

  it('says once what is found again and again, and not all of what is found', () => {
    const found = [...Array.from({ length: 30 }, (_, n) => `event ${n}`), 'event 0'];
    const { lines } = reportOf({ ...well, findings: { ...nothing, lost: found } }, 1);
    expect(lines.filter((line) => line.startsWith('  lost: '))).toHaveLength(20);
    expect(lines[0]).toBe('  lost: event 0, 2 ×');
    expect(lines.at(-1)).toContain(' 31 lost');
  });
});
