import { Parser } from '@asyncapi/parser';
import { expect, it } from '@jest/globals';
import { asyncApiDocument, contracts, goldenOf } from './index.js';

it('the AsyncAPI document of all events is valid by its own parser, examples included', async () => {
  const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncApiDocument(goldenOf)));
  expect(diagnostics.filter((d) => d.severity === 0)).toEqual([]);
  expect(document!.messages().all().length).toBe(contracts.size);
});

it('the parser finds a broken document', async () => {
  const broken = { ...asyncApiDocument(goldenOf), channels: { x: { address: 7 } } };
  const { diagnostics } = await new Parser().parse(JSON.stringify(broken));
  expect(diagnostics.filter((d) => d.severity === 0)).not.toEqual([]);
});
