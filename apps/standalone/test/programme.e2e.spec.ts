import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCairn, type Cairn } from './harness.js';
import { tellStory, type Story } from './story/story.js';

let cairn: Cairn;
let story: Story;
beforeAll(async () => {
  cairn = await openCairn('postgres');
  story = await tellStory(cairn.client);
}, 120_000);
afterAll(() => cairn?.stop());
it('x', () => {
  expect(story).toBeDefined();
});
