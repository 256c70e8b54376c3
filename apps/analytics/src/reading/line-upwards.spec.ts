import { describe, expect, it } from '@jest/globals';
import { Programme } from '../../test/programme.js';
import { lineUpwards } from './line-upwards.js';

const directory = new Programme()
  .person('hr', { managerId: 'first' }, [
    ['03-01', { fact: 'changed', kind: 'managerChanged', day: '2026-03-01', managerId: 'second' }],
    ['05-01', { fact: 'changed', kind: 'managerChanged', day: '2026-05-01' }],
  ])
  .person('first', { managerId: 'head' })
  .person('second', { managerId: 'other head' }, [
    ['04-01', { fact: 'changed', kind: 'managerChanged', day: '2026-04-01', managerId: 'hr' }],
  ])
  .person('head')
  .person('other head', { managerId: 'second' })
  .person('aside', { managerId: 'head' }).facts.people;

const lineOf = (person: string) =>
  lineUpwards(person, async (ids) => directory.filter(({ personId }) => ids.includes(personId)));

describe('the line upwards', () => {
  it('holds everybody who ever was in it, without the person, though people lead each other', async () => {
    expect([...(await lineOf('hr'))].sort()).toEqual(['first', 'head', 'other head', 'second']);
  });
  it('is empty for whom nobody leads, or whom nobody knows', async () => {
    expect((await lineOf('head')).size).toBe(0);
    expect((await lineOf('nobody')).size).toBe(0);
  });
});
