import { makeCertificates } from './certificates.js';
import type { AppendFate, Cluster, Counted, Node } from './node.js';
import { TransactionFile } from './transaction-file.js';

export interface StandInOptions {
  /** Nodes with one log between them, the first one leading; 1 when left out. */
  readonly nodes?: number;
  /** TLS, and the user `admin` with the password `changeit`, or with `certificate` a user's certificate in its place. */
  readonly secure?: true | 'certificate';
}

/**
 * A stand-in for EventStoreDB, in this process, for specs alone. It answers the few calls of gRPC that Cairn's adapter
 * makes, by definitions that the client's own package generates; what it does in answer is written after the server's
 * documentation, cited at each place. It is no server: nothing is stored, and what it does not know it refuses.
 * What only it has shown is listed in docs/explanation/eventstoredb.md.
 */
export interface StandInEventStore {
  /** For a client that may do everything; with several nodes, it finds the leader by gossip. */
  readonly connectionString: string;
  /** The same without the user and the user's certificate. */
  readonly strangersConnectionString: string;
  /** Breaks all connections off and refuses new ones, until `start`, which listens at the same ports with all its events. */
  stop(): void;
  start(): Promise<void>;
  /** Another node leads from now on; until then, for `electionMs`, none does. What the clients are connected to stays up. */
  moveLeader(to: number, electionMs?: number): Promise<void>;
  stopNode(node: number): void;
  /** What becomes of the next appends, one by one; those after them are answered as usual. */
  nextAppends(...fates: AppendFate[]): void;
  /** Shows each write to readers (and answers it) only so much later than it is accepted. */
  delayCommits(ms: number): void;
  /** Sets the leader's clock back (or ahead). */
  shiftClock(ms: number): void;
  /** What it holds now, and itself with no more than it held then: stopped meanwhile. */
  backup(): () => void;
  /** How often so far. */
  count(what: Counted): number;
  /** Reads and subscriptions that no client has ended. */
  openReads(): number;
  /** For good: nothing of it is left. */
  remove(): Promise<void>;
}

export async function standInEventStore(options: StandInOptions = {}): Promise<StandInEventStore> {
  // gRPC is not loaded by specs that have another store.
  const { Node } = await import('./node.js');
  const file = new TransactionFile();
  const counts = new Map<string, number>();
  const certificates = options.secure === undefined ? undefined : await makeCertificates();
  const nodes: Node[] = [];
  let leader: number | undefined = 0;
  const cluster: Cluster = {
    file,
    certificates,
    user: options.secure === true ? { name: 'admin', password: 'changeit' } : undefined,
    demandUserCertificate: options.secure === 'certificate',
    members: () =>
      nodes.map(({ port, running }, index) => ({ port, alive: running, leads: index === leader })),
    fates: [],
    reads: new Set(),
    counted: (what) => counts.set(what, (counts.get(what) ?? 0) + 1),
  };
  for (let n = 0; n < (options.nodes ?? 1); n += 1) nodes.push(new Node(cluster));
  const start = async () => {
    for (const node of nodes) if (!node.running) await node.start();
    leader ??= 0;
    file.beginEpoch();
  };
  await start();

  // By name where there is TLS: Node.js 26 refuses an address as the name of a TLS server.
  const host = certificates === undefined ? '127.0.0.1' : 'localhost';
  const hosts = nodes.map(({ port }) => `${host}:${port}`).join(',');
  const query = (more: string[]) =>
    certificates === undefined
      ? '?tls=false'
      : `?${['tls=true', `tlsCAFile=${encodeURIComponent(certificates.ca)}`, ...more].join('&')}`;
  const shown = certificates && [
    `userCertFile=${encodeURIComponent(certificates.userCert)}`,
    `userKeyFile=${encodeURIComponent(certificates.userKey)}`,
  ];
  return {
    connectionString: `esdb://${cluster.user ? 'admin:changeit@' : ''}${hosts}${query(cluster.demandUserCertificate ? shown! : [])}`,
    strangersConnectionString: `esdb://${hosts}${query([])}`,
    stop: () => nodes.forEach((node) => node.stop()),
    start,
    stopNode: (node) => nodes[node]!.stop(),
    async moveLeader(to, electionMs = 0) {
      leader = undefined;
      if (electionMs > 0) await new Promise((resolve) => setTimeout(resolve, electionMs));
      leader = to;
      file.beginEpoch();
    },
    nextAppends: (...fates) => void cluster.fates.push(...fates),
    delayCommits: (ms) => void (file.commitDelayMs = ms),
    shiftClock: (ms) => void (file.clockOffMs = ms),
    backup: () => {
      const held = file.backup();
      return () => file.restore(held);
    },
    count: (what) => counts.get(what) ?? 0,
    openReads: () => cluster.reads.size,
    async remove() {
      for (const node of nodes) node.stop();
      await certificates?.remove();
    },
  };
}
