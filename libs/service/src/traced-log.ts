import type { TransactionalLog } from '@cairn/event-store/postgres';
import { inSpan } from '@cairn/telemetry';

/** The same log: each append to it is a span below the command's, the reaction's or the deadline's. */
export function traced<Log extends TransactionalLog>(log: Log): Log {
  const append = log.append.bind(log);
  const appendAndCommit = log.appendAndCommit.bind(log);
  log.append = (stream, events, ...rest) =>
    inSpan('append', undefined, { events: events.length }, () => append(stream, events, ...rest));
  log.appendAndCommit = (client, requests) =>
    inSpan('append', undefined, { streams: requests.length }, () => appendAndCommit(client, requests));
  return log;
}
