import { describe, expect, it } from '@jest/globals';
import { Patience, type Backlog } from './backlog.js';

const SINCE = '2026-05-01T10:00:00.000Z';
const sessions = (behind: number, heardUpTo: string, due = 0): Backlog[] => [
  { service: 'sessions', behind, heardUpTo, due, isTold: true },
];
const minutes = (count: number) => count * 60_000;

describe('the demo waits', () => {
  it('for as long as what came before is being worked off, and says what that is', () => {
    const patience = new Patience(0, SINCE);
    let said: string | undefined;
    for (let minute = 0.5; minute <= 10; minute += 0.5) {
      const { over, say } = patience.look(
        minutes(minute),
        sessions(50_000 - 1_000 * minute, '2026-05-01T09:58:00.000Z'),
      );
      expect(over).toBe(false);
      said = say;
    }
    expect(said).toBe('before it in line: sessions has 40,000 messages to hear (up to 09:58:00 UTC so far)');
  });

  it('for a minute where that does not move, and then knows the backlog', () => {
    const patience = new Patience(0, SINCE);
    const stuck = sessions(7, '2026-05-01T09:59:59.000Z', 3);
    expect(patience.look(minutes(0.1), stuck).over).toBe(false);
    // When it was asked is no movement.
    const later = stuck.map((one) => ({ ...one, at: '2026-05-01T10:01:00.000Z' }));
    expect(patience.look(minutes(1), later).over).toBe(false);
    expect(patience.look(minutes(1.2), later).over).toBe(true);
    expect(patience.backlog).toContain('sessions has 7 messages to hear');
    expect(patience.backlog).toContain('3 deadlines');
  });

  it('no longer for others, once everything from before is heard', () => {
    const patience = new Patience(0, SINCE);
    for (let second = 5; second <= 60; second += 5) {
      const { over } = patience.look(1000 * second, sessions(9_000 - second, '2026-05-01T10:00:01.000Z'));
      expect(over).toBe(false);
    }
    expect(patience.look(minutes(1.1), sessions(1, '2026-05-01T10:00:02.000Z')).over).toBe(true);
    expect(patience.backlog).toBe('no backlog is left at the services');
  });

  it('for a minute where no service answers', () => {
    const patience = new Patience(0, SINCE);
    expect(patience.look(minutes(0.9), []).over).toBe(false);
    expect(patience.look(minutes(1.1), []).over).toBe(true);
  });
});
