/**
 * Loaded before a program that a script of this folder starts (`node --import`): ends it in order, as by SIGTERM,
 * when the script is gone in whatever way, SIGKILL included.
 */
if (process.channel) {
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 30_000).unref();
  });
  // Listening alone must not keep a program running that has nothing left to do.
  process.channel.unref();
}
