import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Kept } from './transaction-file.js';

const TICKS_PER_MILLISECOND = 10_000n;

/**
 * The server's messages, built by the classes that the client's package generates from its .proto files. An event's
 * metadata: `type`, `content-type`, and `created` in ticks of 100 ns since 1970, by
 * https://github.com/kurrent-io/KurrentDB/blob/2e3ddbebaa6bc1f880b540ce04db9b7f9a90a1b1/src/KurrentDB.Core/Services/Transport/Grpc/MetadataHelpers.cs
 */
export function eventAnswer(kept: Kept): InstanceType<typeof streams.ReadResp> {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(kept.id))
    .setStreamIdentifier(identifier(kept.stream))
    .setStreamRevision(String(kept.revision))
    .setCommitPosition(String(kept.position))
    .setPreparePosition(String(kept.position))
    .setData(kept.data)
    .setCustomMetadata(kept.metadata);
  const metadata = event.getMetadataMap();
  metadata.set('type', kept.type);
  metadata.set('content-type', kept.contentType);
  metadata.set('created', String(BigInt(kept.created) * TICKS_PER_MILLISECOND));
  const resolved = new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(kept.position));
  return new streams.ReadResp().setEvent(resolved);
}

export const confirmation = () =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID()),
  );

export const checkpoint = (position: number) =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint()
      .setCommitPosition(String(position))
      .setPreparePosition(String(position)),
  );

export const caughtUp = () => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export const streamNotFound = (stream: string) =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier(stream)),
  );

/**
 * This answer and the next: `HandleWriteEventsCompleted` in
 * https://github.com/kurrent-io/KurrentDB/blob/0071f6a71d96cf25bded62a0120e7df48f90ddfc/src/KurrentDB.Core/Services/Transport/Grpc/Streams.Append.cs
 */
export const appended = (revision: number, position: number) =>
  new streams.AppendResp().setSuccess(
    new streams.AppendResp.Success()
      .setCurrentRevision(String(revision))
      .setPosition(
        new streams.AppendResp.Position()
          .setCommitPosition(String(position))
          .setPreparePosition(String(position)),
      ),
  );

export function wrongExpectedVersion(expected: number, current: number) {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  if (expected < 0) wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
}

/**
 * What a server since 21.10 says that it can do; a client that asks appends by BatchAppend from then on, which the stand-in
 * does not answer:
 * https://github.com/EventStore/EventStore/blob/e3bae18d03b35f4f0c3e1f95d47c417b028de0be/src/EventStore.Core/Services/Transport/Grpc/ServerFeatures.cs
 */
export function supportedMethods() {
  const batchAppend = new features.SupportedMethod()
    .setServiceName('event_store.client.streams.streams')
    .setMethodName('batchappend');
  return new features.SupportedMethods().setEventStoreServerVersion('24.10.0').addMethods(batchAppend);
}

export interface Member {
  readonly port: number;
  readonly alive: boolean;
  readonly leads: boolean;
}

/** https://developers.eventstore.com/server/v20.10/clustering/gossip.html: each node tells all members and their roles. */
export function members(of: readonly Member[]) {
  const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
  return new gossip.ClusterInfo().setMembersList(
    of.map(({ port, alive, leads }) =>
      new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(crypto.randomUUID()))
        .setTimeStamp('0')
        .setState(leads ? LEADER : FOLLOWER)
        .setIsAlive(alive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
    ),
  );
}

function identifier(stream: string) {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'));
}
