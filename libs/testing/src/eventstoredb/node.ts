import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type Metadata, Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js';
import { type Member, members, supportedMethods } from './answers.js';
import { answerAppend, type AppendAnswer, type AppendCall } from './append-call.js';
import type { Certificates } from './certificates.js';
import { answerRead, type ReadCall } from './read-call.js';
import { connectionLost, noLeader, notLeader, unauthenticated } from './refusals.js';
import type { TransactionFile } from './transaction-file.js';

/** What the nodes of a stand-in share. */
export interface Cluster {
  readonly file: TransactionFile;
  readonly certificates: Certificates | undefined;
  /** Where users are known: name and password. */
  readonly user: { readonly name: string; readonly password: string } | undefined;
  readonly demandUserCertificate: boolean;
  members(): Member[];
  /** Fates of the next appends, in order; see `StandInEventStore`. */
  readonly fates: AppendFate[];
  /** Calls for reading that have not ended: subscriptions above all. */
  readonly reads: Set<ReadCall>;
  counted(what: Counted): void;
}

/**
 * Answered; made, but the connection breaks off before its answer (`cut`) or no answer ever comes (`silent`); or neither
 * made nor answered (`lost`).
 */
export type AppendFate = 'answer' | 'cut' | 'silent' | 'lost';
export type Counted =
  | 'events sent'
  | 'events that a subscription passed'
  | 'appends answered'
  | 'appends left'
  | 'calls for any node'
  | 'calls refused';

/** One node: answers the calls of gRPC that Cairn's adapter makes, and no others. */
export class Node {
  port = 0;
  private server: Server | undefined;

  constructor(private readonly cluster: Cluster) {}

  get running(): boolean {
    return this.server !== undefined;
  }

  /** Listens, at the port that it had before if it had one. */
  async start(): Promise<void> {
    const server = new Server();
    server.addService(GossipService, {
      read: (_: unknown, answer: (error: null, info: ReturnType<typeof members>) => void) =>
        answer(null, members(this.cluster.members())),
    });
    server.addService(ServerFeaturesService, {
      getSupportedMethods: (_: unknown, answer: (error: null, methods: unknown) => void) =>
        answer(null, supportedMethods()),
    });
    server.addService(StreamsService, {
      append: (call: AppendCall, answer: AppendAnswer) => void this.append(call, answer),
      read: (call: ReadCall) => void this.read(call),
    });
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, this.credentials(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    this.server = server;
  }

  /**
   * All its connections break off at once. What it holds is there when it starts again, at the same positions: each write
   * is flushed to the file (https://developers.eventstore.com/server/v5/server/database.html), and a position is a place
   * in it (see transaction-file.ts).
   */
  stop(): void {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  private async append(call: AppendCall, answer: AppendAnswer): Promise<void> {
    try {
      this.admit(call.metadata);
      const fate = this.cluster.fates.shift();
      if (fate === 'lost' || fate === 'silent') this.cluster.counted('appends left');
      if (fate === 'lost') return;
      const answered = await answerAppend(call, this.cluster.file);
      if (fate === 'silent') return;
      if (fate === 'cut') throw connectionLost();
      this.cluster.counted('appends answered');
      answer(null, answered);
    } catch (error) {
      answer(error as ServiceError, null);
    }
  }

  private async read(call: ReadCall): Promise<void> {
    this.cluster.reads.add(call);
    try {
      this.admit(call.metadata);
      await answerRead(call, this.cluster.file, this.cluster.counted);
    } catch (error) {
      call.emit('error', error);
    } finally {
      this.cluster.reads.delete(call);
    }
  }

  /**
   * Users: basic authentication, over TLS only ("insecure deployments don't support authentication"):
   * https://github.com/kurrent-io/documentation/blob/e94e6bc733865e6da104c5b7b92a4f82d6f7f9f1/docs/clients/grpc/nodejs/getting-started.md.
   * The leader: a call that requires it is not answered by
   * another node, which names it: https://github.com/kurrent-io/KurrentDB/blob/02528558f7f420df766bc215de4f1bcdeeecbb08/docs/server/http-api/optional-http-headers.md
   * ("Requires Master") and `LeaderInfo` in the server's RpcExceptions.cs (see refusals.ts).
   */
  private admit(metadata: Metadata): void {
    const { user } = this.cluster;
    if (user !== undefined) {
      const expected = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
      if (metadata.get('authorization')[0] !== expected) {
        this.cluster.counted('calls refused');
        throw unauthenticated();
      }
    }
    const leader = this.cluster.members().find(({ leads, alive }) => leads && alive);
    if (metadata.get('requires-leader')[0] !== 'true') return this.cluster.counted('calls for any node');
    if (leader?.port === this.port) return;
    throw leader === undefined ? noLeader() : notLeader(leader.port);
  }

  /**
   * A user's certificate says who calls, without user and password:
   * https://github.com/kurrent-io/KurrentDB/blob/3d704ba5f060494a7ecb0b0b36907b38e3982f1f/docs/server/security/user-authentication.md
   * ("allows authentication through an X.509 user certificate in addition to username and password"). The server denies
   * access to whoever shows neither; here, where nobody has a password, the TLS handshake does.
   */
  private credentials(): ServerCredentials {
    const { certificates, demandUserCertificate } = this.cluster;
    if (certificates === undefined) return ServerCredentials.createInsecure();
    const { ca, key, cert } = certificates.server;
    return ServerCredentials.createSsl(ca, [{ private_key: key, cert_chain: cert }], demandUserCertificate);
  }
}
