import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The way to a server, which swallows what passes for as long as it is told to, and lets neither side know. */
export async function networkTo(server: string) {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let swallows = false;
  const network = createServer({ allowHalfOpen: true }, (client) => {
    const beyond = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    // What it has swallowed of a connection is missing there for good.
    let isCut = false;
    for (const [one, other] of [
      [client, beyond],
      [beyond, client],
    ] as const) {
      sockets.add(one.on('error', () => undefined));
      one.on('data', (bytes) => {
        isCut ||= swallows;
        if (!isCut) other.write(bytes);
      });
      one.on('end', () => swallows || isCut || other.end());
    }
  }).listen(0, '127.0.0.1');
  await once(network, 'listening');
  const url = new URL(server);
  url.host = `127.0.0.1:${(network.address() as AddressInfo).port}`;
  return {
    url: url.href,
    swallow(now: boolean): void {
      swallows = now;
    },
    close(): void {
      network.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
