import { describe, expect, it } from '@jest/globals';
import { holdsFor, parseFilter, parseTarget, type Filter } from './filter.js';

/** A filter as brackets: what belongs together is seen. */
const shown = (filter: Filter): string => {
  switch (filter.is) {
    case 'and':
    case 'or':
      return `(${filter.of.map(shown).join(` ${filter.is} `)})`;
    case 'not':
      return `not ${shown(filter.of)}`;
    case 'pr':
      return `${pathOf(filter.path)} pr`;
    case 'where':
      return `${pathOf(filter.path)}[${shown(filter.of)}]`;
    default:
      return `${pathOf(filter.path)} ${filter.is} ${JSON.stringify(filter.value)}`;
  }
};
const pathOf = ({ schema, attribute, sub }: { schema: string; attribute: string; sub: string | null }) =>
  `${schema && `<${schema}>`}${attribute}${sub === null ? '' : `.${sub}`}`;
const read = (text: string) => shown(parseFilter(text));

const INVALID = expect.objectContaining({
  fault: expect.objectContaining({ extra: { scimType: 'invalidFilter' } }),
});

describe('a filter (RFC 7644 3.4.2.2)', () => {
  it.each([
    ['userName eq "ada@example.org"', 'username eq "ada@example.org"'],
    ['NAME.familyName CO "O\'Malley"', `name.familyname co "O'Malley"`],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
      '<urn:ietf:params:scim:schemas:core:2.0:user>username sw "J"',
    ],
    ['title pr', 'title pr'],
    ['meta.lastModified ge "2026-05-13T04:42:34Z"', 'meta.lastmodified ge "2026-05-13T04:42:34Z"'],
    ['active eq True', 'active eq true'],
    ['title eq null', 'title eq null'],
    ['userName eq "say \\"hé\\" \\u00e9"', 'username eq "say \\"hé\\" é"'],
    ['emails.value ew "(a [b] c)"', 'emails.value ew "(a [b] c)"'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['a pr or b pr and c pr', '(a pr or (b pr and c pr))'],
    ['a pr and b pr or c pr', '((a pr and b pr) or c pr)'],
    ['a pr and (b pr or c pr)', '(a pr and (b pr or c pr))'],
    ['not (a pr) and b pr', '(not a pr and b pr)'],
    [
      'userType eq "Staff" and emails[type eq "work" and value co "@example.org"]',
      '(usertype eq "Staff" and emails[(type eq "work" and value co "@example.org")])',
    ],
  ])('%s binds as it should', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    '',
    'userName',
    'userName eq',
    'userName is "a"',
    'userName eq ada',
    'userName eq {}',
    'userName eq "ada',
    'userName eq "a" userName eq "b"',
    '(userName pr',
    'userName pr)',
    'emails[type eq "work"',
    'emails[type eq "work"].value eq "a"',
    'not userName pr',
    'and pr and',
    '"a" eq "b"',
    'title eq "\\u0000"',
    'title eq "\\ud800"',
  ])('%s is refused as invalidFilter', (text) => {
    expect(() => parseFilter(text)).toThrow(INVALID);
  });

  it('is refused where it is too long or too deep', () => {
    expect(() => parseFilter(`${'('.repeat(30)}a pr${')'.repeat(30)}`)).toThrow(INVALID);
    expect(() => parseFilter(`a eq "${'a'.repeat(4_000)}"`)).toThrow(INVALID);
  });

  it('is refused where a quote is not closed, without trying all ways to read what is in it: that would never end', () => {
    for (const inside of ['\\"\n'.repeat(1_000), 'a'.repeat(3_000)])
      expect(() => parseFilter(`a eq "${inside}`)).toThrow(INVALID);
  });

  it('does not repeat in its error what it was asked for', () => {
    expect(() => parseFilter('userName eq "canary" or')).toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({ detail: expect.not.stringContaining('canary') }),
      }),
    );
  });
});

describe('a path of a PATCH (RFC 7644 3.5.2)', () => {
  it.each([
    ['members', { schema: '', attribute: 'members', sub: null, where: null }],
    ['name.familyName', { schema: '', attribute: 'name', sub: 'familyname', where: null }],
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
      {
        schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user',
        attribute: 'manager',
        sub: null,
        where: null,
      },
    ],
  ])('%s', (text, expected) => {
    expect(parseTarget(text)).toEqual(expected);
  });

  it('takes a filter, and a part of what it finds', () => {
    expect(parseTarget('emails[type eq "work"].value')).toMatchObject({
      attribute: 'emails',
      sub: 'value',
      where: { is: 'eq', value: 'work' },
    });
    expect(parseTarget('members[value eq "x"]')).toMatchObject({ sub: null, where: { is: 'eq' } });
  });

  it.each(['', 'emails[', 'emails[type eq "work"]value', 'emails[].value', 'a b', '.a', 'a.b.c'])(
    '%s is refused as invalidPath',
    (text) => {
      expect(() => parseTarget(text)).toThrow(
        expect.objectContaining({ fault: expect.objectContaining({ extra: { scimType: 'invalidPath' } }) }),
      );
    },
  );
});

describe('a filter held against one value', () => {
  const work = { type: 'Work', value: 'Ada@example.org', rank: 3, primary: true };
  it.each([
    ['type eq "work"', true],
    ['type ne "work"', false],
    ['value co "EXAMPLE"', true],
    ['value sw "ada"', true],
    ['value ew ".org"', true],
    ['value gt "ada"', true],
    ['value lt "ada"', false],
    ['rank ge 3', true],
    ['rank gt 3', false],
    ['rank le 2', false],
    ['primary eq true', true],
    ['primary eq "true"', false],
    ['display pr', false],
    ['display eq null', true],
    ['type ne null', true],
    ['not (type eq "home") and (rank lt 3 or value pr)', true],
  ])('%s: %s', (text, expected) => {
    expect(holdsFor(parseFilter(text), work)).toBe(expected);
  });

  it('knows a bare value by the name "value"', () => {
    expect(holdsFor(parseFilter('value eq "x"'), 'x')).toBe(true);
    expect(holdsFor(parseFilter('type eq "x"'), 'x')).toBe(false);
  });
});
