import { expect, it } from '@jest/globals';
import { asyncApiDocument, contracts, goldenOf } from '@cairn/contracts';
import { eventReference } from './event-reference.js';

const html = eventReference(asyncApiDocument(goldenOf));

it('has a heading for every event, and every anchor once', () => {
  const anchors = [...html.matchAll(/ id="([^"]+)"/g)].map(([, anchor]) => anchor);
  for (const name of contracts.keys())
    expect(anchors.map((each) => each!.replace('-sensitive', ''))).toContain(name);
  expect(new Set(anchors).size).toBe(anchors.length);
});

it('leads nowhere that is not there', () => {
  for (const [, anchor] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(` id="${anchor}"`);
});

it('says what a field holds', () => {
  expect(html).toContain('<tr><td><code>useful</code></td><td>integer from 1 to 5</td></tr>');
  expect(html).toContain('<tr><td><code>leftOn</code></td><td>day, YYYY-MM-DD</td></tr>');
});

it('needs no script', () => expect(html).not.toContain('<script'));
