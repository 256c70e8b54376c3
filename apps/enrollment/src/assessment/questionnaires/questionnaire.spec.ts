import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { THEMES } from '../../programs/http/program.dto.js';
import { CURRENT, HIGHEST, itemsOf, LOWEST, questionnaireOf } from './questionnaire.js';

describe('the shipped questionnaire', () => {
  it('has three items for each of the themes that ship with Cairn, and a label for each step of the scale', () => {
    expect(Object.keys(CURRENT.themes).sort()).toEqual([...THEMES].sort());
    expect(CURRENT.scale).toHaveLength(HIGHEST - LOWEST + 1);
    const items = Object.values(CURRENT.themes).flat();
    expect(items).toHaveLength(3 * THEMES.length);
    expect(new Set(items.flatMap(({ self, other }) => [self, other])).size).toBe(2 * items.length);
    for (const { self, other } of items) {
      expect(self).toMatch(/^I .*\.$/);
      expect(other).toMatch(/^This manager .*\.$/);
    }
  });

  it('is never changed: another wording is another version', () => {
    const of = (version: number) =>
      createHash('sha256')
        .update(JSON.stringify(questionnaireOf({ name: 'cairn-management', version })))
        .digest('hex');
    expect(of(1)).toMatchInlineSnapshot(`"6486d770161ae317bae58d62f7c40fa0369e0feb619ea90a39988abae684f46e"`);
    expect(() => of(2)).toThrow('knows no questionnaire');
  });

  it('asks about a programme’s own theme by its label', () => {
    const items = itemsOf(CURRENT, 'running-meetings');
    expect(items[0].self).toContain('running meetings');
    expect(JSON.stringify(items)).not.toContain('{theme}');
    expect(itemsOf(CURRENT, 'giving-feedback')).toBe(CURRENT.themes['giving-feedback']);
    // A label is anything: what objects have by nature is no shipped theme.
    expect(itemsOf(CURRENT, 'constructor')).toHaveLength(3);
  });
});
