import { expect, it } from '@jest/globals';
import { nameKey, nameKeys, personName } from './names.js';

it.each([
  ['Marlow, Edith  K', 'Edith K', 'Marlow'],
  ['Da Costa, Ines   ', 'Ines', 'Da Costa'],
  ['Okoro,Temi', 'Temi', 'Okoro'],
  ['Quist,   Per', 'Per', 'Quist'],
  ['Vera Stone', 'Vera', 'Stone'],
  ['Hugo R. MacNeil', 'Hugo R.', 'MacNeil'],
  ['Cher', '', 'Cher'],
])('%j is %j %j', (text, givenName, familyName) => {
  expect(personName(text)).toEqual({ givenName, familyName });
});

it('finds a name whichever way round it is written', () => {
  expect(nameKey('MacNeil, Hugo  R')).toBe(nameKey('Hugo R. MACNEIL'));
  expect(nameKey('Von Buren, Lotte')).toBe(nameKey('Lotte Von Buren'));
  expect(nameKey('O’shea, Nuala')).toBe(nameKey("Nuala O'Shea"));
});

it('leaves initials out of the short key, but not out of names of one letter', () => {
  expect(nameKeys(personName('MacNeil, Hugo R')).short).toBe('hugo macneil');
  expect(nameKeys(personName('X, Malcolm')).short).toBe('malcolm x');
});
