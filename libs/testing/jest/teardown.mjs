/** After a run of Jest: stops the servers that were started for it. */
export default async function teardown() {
  await globalThis.sharedServers?.stop();
}
