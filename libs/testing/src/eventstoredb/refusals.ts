import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

/**
 * A refusal as the server words it: a status of gRPC, and in the trailers `exception` with what the client needs to know
 * the kind:
 * https://github.com/EventStore/EventStore/blob/009af61220449c786418090853ede4bf051a917f/src/EventStore.Core/Services/Transport/Grpc/RpcExceptions.cs
 */
function refusal(code: status, details: string, trailers: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

/** A user who is not known, or none on a server that demands one. */
export const unauthenticated = () => refusal(status.UNAUTHENTICATED, 'Bad credentials');

/** A call that requires the leader came to another node. */
export const notLeader = (port: number) =>
  refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': '127.0.0.1',
    'leader-endpoint-port': String(port),
  });

/** During an election there is no leader to name. */
export const noLeader = () => refusal(status.UNKNOWN, 'No leader info available in response');

export const tooLarge = (bytes: number) =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });

/** What a client sees when its connection is lost. */
export const connectionLost = () => refusal(status.UNAVAILABLE, 'Connection dropped');

/** The stand-in knows only the ways in which Cairn calls. */
export const notStoodIn = (what: string) =>
  refusal(status.UNIMPLEMENTED, `The stand-in does not know ${what}`);
