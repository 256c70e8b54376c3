import { RefusedError } from '@cairn/decider';
import { loadStream, type EventStore, type Loaded } from '@cairn/event-store';
import { engagementStream } from '../streams.js';
import { engagementDecider, type EngagementState, type KnownEngagement } from './engagement.decider.js';
import { noSuchEngagement } from './engagement.errors.js';
import { engagementEventOf } from './engagement.upcasters.js';

interface Reader {
  readonly tenantId: string;
  readonly commandId?: string;
}

export const loadEngagement = (
  store: EventStore,
  reader: Reader,
  engagementId: string,
): Promise<Loaded<EngagementState>> =>
  loadStream(store, engagementStream(engagementId), reader, engagementDecider, engagementEventOf);

/** @throws RefusedError where this tenant has no such engagement */
export async function loadKnownEngagement(
  store: EventStore,
  reader: Reader,
  engagementId: string,
): Promise<Loaded<KnownEngagement>> {
  const { state, ...rest } = await loadEngagement(store, reader, engagementId);
  if (state.status === 'none') throw new RefusedError(noSuchEngagement());
  return { state, ...rest };
}
