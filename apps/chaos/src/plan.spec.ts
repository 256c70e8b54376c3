import { describe, expect, it } from '@jest/globals';
import { kindOf, neverStruck, planOf, told, type Point } from './plan.js';

describe('the plan of a run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(7, 50, 1_000)).toEqual(planOf(7, 50, 1_000));
    expect(planOf(8, 50, 1_000)).not.toEqual(planOf(7, 50, 1_000));
  });

  it('has as many points as told, in order, all of them while commands are sent', () => {
    const plan = planOf(7, 200, 50_000);
    const moments = plan.map(({ afterCommands }) => afterCommands);
    expect(plan).toHaveLength(200);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments.at(-1)).toBeLessThanOrEqual(47_500);
  });

  /** Without which service or which of its connections. */
  const kinds = (plan: readonly Point[]) =>
    plan.map(({ fault }) => ('service' in fault && !('of' in fault) ? fault.kind : kindOf(fault)));

  it('has every kind of fault within one round', () => {
    expect([...new Set(kinds(planOf(3, 24, 1_000)))].sort()).toEqual([
      'cut',
      'delay',
      'kill',
      'kill kafka',
      'kill postgres',
      'lose append',
      'lose command',
      'lose consumer-checkpoint',
      'lose projection-checkpoint',
      'lose publish',
      'lose relay-checkpoint',
      'pause',
      'pause kafka',
      'restart kafka',
      'restart postgres',
    ]);
  });

  it('lets PostgreSQL stand still in each fourth round, for longer than a statement is waited for', () => {
    const stands = (points: number) =>
      planOf(3, points, 1_000).flatMap(({ fault }) =>
        fault.kind === 'pause-server' && fault.server === 'postgres' ? [fault.forMs] : [],
      );
    expect(stands(72)).toEqual([]);
    expect(stands(97)).toHaveLength(1);
    expect(stands(194)).toHaveLength(2);
    for (const forMs of stands(1_000)) {
      expect(forMs).toBeGreaterThan(30_000);
      expect(forMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('kills and pauses every service, and strikes every connection, within a default run', () => {
    const all = new Set(planOf(1, 200, 50_000).map(({ fault }) => kindOf(fault)));
    const services = ['enrollment', 'sessions', 'goals', 'analytics'];
    const links = ['postgres', 'kafka', 'http'];
    expect([...all]).toEqual(
      expect.arrayContaining([
        ...services.flatMap((service) => [`kill ${service}`, `pause ${service}`]),
        ...links.flatMap((link) => [`cut ${link}`, `delay ${link}`]),
      ]),
    );
  });

  it('has those of EventStoreDB too where logs are there, and no service that it is nothing to', () => {
    const plan = planOf(3, 32, 1_000, 'eventstoredb');
    expect(kinds(plan)).toEqual(
      expect.arrayContaining(['lose owed', 'pause event-store', 'restart event-store', 'lose publish']),
    );
    const struck = plan.flatMap(({ fault }) =>
      (fault.kind === 'cut' || fault.kind === 'delay') && fault.link === 'event-store' ? [fault] : [],
    );
    expect(struck.map(({ kind }) => kind).sort()).toEqual(['cut', 'delay']);
    for (const { service } of struck) expect(['sessions', 'goals']).toContain(service);
  });

  it('is told of answers that were to be lost often and never were', () => {
    const fault = (of: 'append' | 'publish') =>
      ({ kind: 'lose-answer', service: 'goals', of, heldMs: 0 }) as const;
    const kill = { kind: 'kill', service: 'goals', awayMs: 0 } as const;
    const faults = [...Array.from({ length: 8 }, () => [fault('append'), kill]).flat(), fault('publish')];
    expect(neverStruck(faults, new Map())).toEqual(['lose append']);
    expect(neverStruck(faults, new Map([['lose append', 1]]))).toEqual([]);
    expect(neverStruck(faults.slice(1), new Map())).toEqual([]);
  });

  it('can be told in words', () => {
    for (const { fault } of planOf(5, 32, 100, 'eventstoredb')) expect(told(fault)).not.toMatch(/undefined/);
  });
});
