import { contracts, topicsOf, type EventName } from './catalogue.js';
import type { Contract } from './contract.js';
import type { Envelope } from './envelope.js';
import { envelopeSchema } from './envelope-schema.js';
import { MEANINGS } from './meanings.js';

/**
 * The AsyncAPI 3 document of everything that Cairn publishes.
 * @param exampleOf the golden example of an event
 */
export function asyncApiDocument(exampleOf: (contract: Contract) => Envelope) {
  const all = [...contracts.values()];
  const contexts = [...new Set(all.map((contract) => contract.context))];
  const topics = contexts.flatMap((context) => {
    const names = topicsOf(context);
    const own = all.filter((contract) => contract.context === context);
    return [
      {
        id: context,
        address: names.open,
        messages: own.filter(({ on }) => on.includes('open')),
        description: `Events of ${context}, for every subscriber.`,
      },
      {
        id: `${context}Sensitive`,
        address: names.sensitive,
        // An event that is sensitive only for some data is listed on both topics.
        messages: own.filter(({ on }) => on.includes('sensitive')),
        description: `Opinions, ratings and reasons from ${context}, and whom it showed by name: for Cairn's own services alone.`,
      },
    ].filter((topic) => topic.messages.length > 0);
  });
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Cairn events',
      version: '1.0.0',
      description:
        'What Cairn publishes: CloudEvents 1.0 in structured mode, keyed by stream, in order within a stream. ' +
        'Delivery is at least once: keep the highest (log, logposition, logindex) for each topic and partition and drop what is not above it.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      topics.map((topic) => [
        topic.id,
        {
          address: topic.address,
          description: topic.description,
          messages: Object.fromEntries(
            topic.messages.map((contract) => [
              contract.name,
              { $ref: `#/components/messages/${contract.name}` },
            ]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      topics.map((topic) => [
        `publish${topic.id[0]!.toUpperCase()}${topic.id.slice(1)}`,
        { action: 'send', channel: { $ref: `#/channels/${topic.id}` }, summary: topic.description },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        all.map((contract) => [
          contract.name,
          {
            name: contract.type,
            title: contract.name,
            summary: MEANINGS[contract.name as EventName],
            contentType: 'application/cloudevents+json',
            payload: envelopeSchema(contract),
            examples: [{ name: 'golden', payload: exampleOf(contract) }],
          },
        ]),
      ),
    },
  };
}
