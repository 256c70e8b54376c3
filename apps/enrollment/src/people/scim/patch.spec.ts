import { describe, expect, it } from '@jest/globals';
import { CORE_GROUP, ENTERPRISE } from './attributes.js';
import { operationsIn, patched, shapeOf, type Resource } from './patch.js';
import { USER } from './user.js';

const ada: Resource = {
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Marlow' },
  title: 'Planner',
  active: true,
  emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
  [ENTERPRISE]: { employeeNumber: 'E1', department: 'Making', manager: { value: 'm1', displayName: 'Mona' } },
};
const after = (...Operations: object[]) => patched(ada, operationsIn({ Operations }), USER);
const group = (members: object[], ...Operations: object[]) =>
  patched({ displayName: 'G', members }, operationsIn({ Operations }), shapeOf(CORE_GROUP))['members'];
const refused = (scimType: string) =>
  expect.objectContaining({ fault: expect.objectContaining({ extra: { scimType } }) });

describe('a PATCH (RFC 7644 3.5.2)', () => {
  it('replaces, adds and removes an attribute, whatever its case', () => {
    expect(after({ op: 'replace', path: 'TITLE', value: 'Director' })['title']).toBe('Director');
    expect(after({ op: 'add', path: 'title', value: 'Director' })['title']).toBe('Director');
    expect(after({ op: 'remove', path: 'title' })).not.toHaveProperty('title');
    expect(ada['title']).toBe('Planner');
  });

  it('reaches parts, extensions and values of a list', () => {
    expect(after({ op: 'replace', path: 'name.familyName', value: 'Stone' })['name']).toEqual({
      givenName: 'Ada',
      familyName: 'Stone',
    });
    expect(after({ op: 'replace', path: 'name', value: { familyName: 'Stone' } })['name']).toEqual({
      givenName: 'Ada',
      familyName: 'Stone',
    });
    expect(
      after({ op: 'replace', path: `${ENTERPRISE}:department`, value: 'Numbers' })[ENTERPRISE],
    ).toMatchObject({
      department: 'Numbers',
      employeeNumber: 'E1',
    });
    expect(after({ op: 'replace', path: 'emails[type eq "work"].value', value: 'a@b' })['emails']).toEqual([
      { value: 'a@b', type: 'work', primary: true },
    ]);
    expect(after({ op: 'remove', path: 'emails[type eq "work"]' })['emails']).toEqual([]);
    expect(after({ op: 'remove', path: `${ENTERPRISE}:manager` })[ENTERPRISE]).not.toHaveProperty('manager');
  });

  it('takes a value without a path, with whole paths for names', () => {
    const value = {
      active: 'False',
      'name.givenName': 'Adele',
      [`${ENTERPRISE}:department`]: 'Numbers',
      [ENTERPRISE]: { costCenter: '7', manager: 'm2' },
      id: 'another',
      phoneNumbers: [{ value: '1' }],
    };
    const found = after({ op: 'Replace', value });
    expect(found).toMatchObject({ active: 'False', name: { givenName: 'Adele', familyName: 'Marlow' } });
    expect(found[ENTERPRISE]).toEqual({ employeeNumber: 'E1', department: 'Numbers', manager: 'm2' });
    expect(found).not.toHaveProperty('id');
    expect(found).not.toHaveProperty('phoneNumbers');
  });

  it('adds to a list what the filter of a path describes', () => {
    const { emails: _, ...without } = ada;
    const operations = operationsIn({
      Operations: [{ op: 'Add', path: 'emails[type eq "work"].value', value: 'a@b' }],
    });
    expect(patched(without, operations, USER)['emails']).toEqual([{ type: 'work', value: 'a@b' }]);
  });

  it('ignores what no schema of ours has, as if it were done', () => {
    expect(after({ op: 'Replace', path: 'addresses[type eq "work"].formatted', value: 'x' })).toEqual(ada);
    expect(after({ op: 'add', path: `${ENTERPRISE}:division`, value: 'x' })).toEqual(ada);
  });

  it.each([
    ['invalidSyntax', {}],
    ['invalidSyntax', { Operations: [] }],
    ['invalidSyntax', { Operations: [{ op: 'move', path: 'title' }] }],
    ['invalidPath', { Operations: [{ op: 'add', path: 3, value: 1 }] }],
    ['invalidPath', { Operations: [{ op: 'add', path: 'title[', value: 1 }] }],
    ['invalidPath', { Operations: [{ op: 'add', path: 'title[value eq "a"]', value: 1 }] }],
    ['noTarget', { Operations: [{ op: 'remove' }] }],
    ['noTarget', { Operations: [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'a@b' }] }],
    ['mutability', { Operations: [{ op: 'replace', path: 'id', value: 'x' }] }],
    ['mutability', { Operations: [{ op: 'add', path: 'groups', value: [] }] }],
    ['invalidValue', { Operations: [{ op: 'add', value: 'x' }] }],
  ])('is refused as %s: %j', (scimType, body) => {
    expect(() => patched(ada, operationsIn(body), USER)).toThrow(refused(scimType));
  });
});

describe('the members of a group', () => {
  const [one, two, three] = [{ value: '1' }, { value: '2' }, { value: '3' }];
  it('are added, each once', () => {
    expect(group([one, two], { op: 'Add', path: 'members', value: [two, three] })).toEqual([one, two, three]);
    expect(group([one], { op: 'add', value: { members: [three] } })).toEqual([one, three]);
  });
  it('are removed by a filter, by a list, or all', () => {
    expect(group([one, two], { op: 'remove', path: 'members[value eq "1"]' })).toEqual([two]);
    expect(group([one, two, three], { op: 'Remove', path: 'members', value: [one, { value: '3' }] })).toEqual(
      [two],
    );
    expect(group([one, two], { op: 'remove', path: 'members' })).toBeUndefined();
  });
  it('are replaced', () => {
    expect(group([one], { op: 'replace', path: 'members', value: [two] })).toEqual([two]);
  });
});
