import { describe, expect, it } from '@jest/globals';
import { RefusedError } from '@cairn/decider';
import { WrongExpectedVersion } from '@cairn/event-store';
import { isTransient, PermanentFault, reasonOf, TransientFault } from './faults.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });
const refused = (kind: 'conflict' | 'not-yet-known') =>
  new RefusedError({ kind, slug: 'some-slug', detail: 'some detail' });

describe('a fault', () => {
  it.each([
    ['asked for', new TransientFault('x')],
    ['a connection refused', withCode('ECONNREFUSED')],
    ['a server that shuts down', withCode('57P01')],
    ['a deadlock', withCode('40P01')],
    ['a lock that took too long', withCode('55P03')],
    ['a full disk', withCode('53100')],
    ['a table that is not there', withCode('42P01')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a connection that hung', new Error('Query read timeout')],
    ['several refused connections', new AggregateError([withCode('ECONNREFUSED')])],
    ['a cause that passes', new Error('outer', { cause: withCode('ECONNRESET') })],
    ['something not known yet', refused('not-yet-known')],
    ['a lost race', new WrongExpectedVersion('session-1', 1, 2)],
  ])('passes: %s', (_, error) => expect(isTransient(error)).toBe(true));

  it.each([
    ['asked for', new PermanentFault('x', 'y')],
    ['a constraint', withCode('23505')],
    ['a value that does not fit', withCode('22P02')],
    ['a text too long for its index', withCode('54000')],
    ['JSON too deep for PostgreSQL', withCode('54001')],
    ['a refusal', refused('conflict')],
    ['a defect', new TypeError('undefined is not a function')],
    ['not even an error', 'x'],
  ])('stays: %s', (_, error) => expect(isTransient(error)).toBe(false));

  it('is told without what it quotes', () => {
    const quoting = Object.assign(new Error('invalid input syntax for type uuid: "secret"'), {
      code: '22P02',
    });
    expect(reasonOf(quoting)).toBe('Error: SQL state 22P02');
  });
});
