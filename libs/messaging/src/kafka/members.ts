import { kafkaClient } from './kafkajs.js';

/** How many members each of these consumer groups has, as the broker knows it. */
export async function membersOf(
  brokers: readonly string[],
  groups: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const admin = kafkaClient(brokers, 'cairn-members').admin();
  try {
    await admin.connect();
    const { groups: found } = await admin.describeGroups([...groups]);
    return new Map(found.map(({ groupId, members }) => [groupId, members.length]));
  } finally {
    await admin.disconnect();
  }
}
