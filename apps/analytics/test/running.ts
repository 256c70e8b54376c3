import { contracts, topicsOf, type ReceivedContract } from '@cairn/contracts';
import type { Clock } from '@cairn/http';
import { messageOf, partitionKey, topicSpecsOf, WATERMARKS } from '@cairn/messaging';
import { testService } from '@cairn/service/testing';
import { definition } from '../src/app.module.js';
import { SOURCES, TOPICS } from '../src/intake/log.js';

/** Analytics as it runs, and what the relays of the other services would send it. */
export async function runningAnalytics(clock?: Clock) {
  const service = await testService(definition, clock ? { clock } : {});
  const { bus, partitions } = service;
  await bus.ensureTopics([...SOURCES.flatMap((source) => topicSpecsOf(source)), WATERMARKS]);

  /** Publishes events as their services would, in this order. */
  async function publish(events: readonly ReceivedContract[]): Promise<void> {
    const messages = events.map(({ name, data, envelope }) => {
      const contract = contracts.get(name)!;
      const sensitive = contract.sensitive(data as Record<string, unknown>);
      const { open, sensitive: hidden } = topicsOf(contract.context);
      return messageOf({ topic: sensitive ? hidden : open, sensitive, envelope }, partitions);
    });
    await bus.publish(messages);
  }

  /** Says for every source that all it recorded up to then is published. */
  async function cover(until: string): Promise<void> {
    const states = await bus.describe(TOPICS);
    for (const source of SOURCES) {
      const offsets = Object.values(topicsOf(source)).flatMap((topic) =>
        states
          .get(topic)!
          .partitions.map(({ high }, partition) => [partitionKey({ topic, partition }), high - 1]),
      );
      const watermark = {
        service: source,
        log: '1',
        head: '0000000000000001',
        published: '0000000000000001',
        covered: until,
        offsets: Object.fromEntries(offsets) as Record<string, number>,
        at: until,
      };
      await bus.publish([
        {
          topic: WATERMARKS.name,
          partition: 0,
          key: source,
          value: Buffer.from(JSON.stringify(watermark)),
          headers: { 'content-type': 'application/json' },
        },
      ]);
    }
  }

  /** Publishes, and waits until reports may look from `until`. */
  async function take(events: readonly ReceivedContract[], until: string): Promise<void> {
    await publish(events);
    await cover(until);
    const answer = await service.until(
      () => service.call('GET', '/v1/freshness', { as: { roles: ['hr'] } }),
      ({ body }) => body.asOf === until,
    );
    if (answer.body.asOf !== until) throw new Error(`not taken in: ${JSON.stringify(answer.body)}`);
  }

  return { ...service, publish, cover, take };
}

export type RunningAnalytics = Awaited<ReturnType<typeof runningAnalytics>>;
