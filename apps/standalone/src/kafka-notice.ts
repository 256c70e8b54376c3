import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const TRY_FOR = 2000;
const SAY_EVERY = 10_000;

/** Why the broker (host:port) takes no connection, in a few words; undefined where it does. */
function whyNoAnswer(broker: string): Promise<string | undefined> {
  const [host, port] = broker.split(':') as [string, string];
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: TRY_FOR });
    const end = (why?: string) => {
      socket.destroy();
      resolve(why && `${broker}: ${why}`);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end('no answer'));
    socket.once('error', ({ code, message }: NodeJS.ErrnoException) => end(WORDS[code ?? ''] ?? message));
  });
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
};

/** Why none of the brokers answers; undefined where one does. */
async function whyNone(brokers: readonly string[]): Promise<string | undefined> {
  const reasons = await Promise.all(brokers.map(whyNoAnswer));
  return reasons.includes(undefined) ? undefined : reasons.join('; ');
}

/**
 * A Kafka may come later than Cairn, which runs without it meanwhile. Says so at once where no broker answers, again
 * every ten seconds, and when one does; settles after the first look. @returns what says whether a broker answers by now
 */
export async function awaitKafka(
  brokers: readonly string[],
  say: (line: string) => void,
  { every = SAY_EVERY }: { every?: number } = {},
): Promise<() => boolean> {
  const why = await whyNone(brokers);
  let answers = why === undefined;
  if (answers) return () => answers;
  say(
    `Kafka does not answer (${why}). Cairn runs and takes commands; what they did reaches the other services and the ` +
      'reports once Kafka is there. Start it (npm run kafka, in another terminal), or end this and leave ' +
      'KAFKA_BROKERS out.',
  );
  void (async () => {
    const began = Date.now();
    for (let said = began; ;) {
      await delay(Math.min(1000, every), undefined, { ref: false });
      const still = await whyNone(brokers);
      if (still === undefined) {
        answers = true;
        return say('Kafka answers now.');
      }
      if (Date.now() - said < every) continue;
      said = Date.now();
      say(`Still no Kafka after ${Math.round((said - began) / 1000)} s (${still}).`);
    }
  })();
  return () => answers;
}
