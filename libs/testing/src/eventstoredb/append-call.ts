import { setTimeout as sleep } from 'node:timers/promises';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import { appended, wrongExpectedVersion } from './answers.js';
import { connectionLost, notStoodIn, tooLarge } from './refusals.js';
import type { Proposed, TransactionFile } from './transaction-file.js';

type AppendReq = InstanceType<typeof streams.AppendReq>;
type AppendResp = InstanceType<typeof streams.AppendResp>;
export type AppendCall = ServerReadableStream<AppendReq, AppendResp>;
export type AppendAnswer = sendUnaryData<AppendResp>;

/** Bytes in one append, all events together: https://hexdocs.pm/spear/writing_events.html ("1_048_576 cumulative bytes"). */
const MAX_APPEND_BYTES = 1_048_576;
/** gRPC tells of a call's end, and some turns of the event loop later, when its HTTP/2 stream has closed, that it was none. */
const TURNS = 3;

/**
 * One append: first a message with the stream and its expected revision, then one for each event; all or none. Every
 * append names a revision or "no stream": https://developers.eventstore.com/clients/grpc/appending-events.html
 * A call that the client has given up is not written: MoveNext throws, in
 * https://github.com/EventStore/EventStore/blob/009af61220449c786418090853ede4bf051a917f/src/EventStore.Core/Services/Transport/Grpc/Streams.Append.cs
 */
export async function answerAppend(call: AppendCall, file: TransactionFile): Promise<AppendResp> {
  let stream: string | undefined;
  let expected = -1;
  const proposed: Proposed[] = [];
  let size = 0;
  for await (const message of call as AsyncIterable<AppendReq>) {
    const options = message.getOptions();
    if (options !== undefined) {
      stream = Buffer.from(options.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8');
      if (options.hasRevision()) expected = Number(options.getRevision());
      else if (!options.hasNoStream()) throw notStoodIn('an append without an exact revision');
      continue;
    }
    const event = message.getProposedMessage()!;
    const metadata = event.getMetadataMap();
    const one: Proposed = {
      id: event.getId()!.getString(),
      type: metadata.get('type')!,
      contentType: metadata.get('content-type')!,
      data: event.getData_asU8(),
      metadata: event.getCustomMetadata_asU8(),
    };
    size += one.type.length + one.data.length + one.metadata.length;
    if (size > MAX_APPEND_BYTES) throw tooLarge(MAX_APPEND_BYTES);
    proposed.push(one);
  }
  // What the client gave up in the middle ends like what it sent to the end, and is cancelled a moment later.
  for (let turn = 0; turn < TURNS; turn++) await sleep(1);
  if (call.cancelled) throw connectionLost();
  const written = await file.write(stream!, expected, proposed);
  if ('current' in written) return wrongExpectedVersion(expected, written.current);
  return appended(written.revision, written.position);
}
