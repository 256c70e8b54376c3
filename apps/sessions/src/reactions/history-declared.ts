import { react } from '@cairn/messaging';
import { allOf, toEach } from './engagement-order.js';

/** Deadlines of an imported past wait for what its importer has told; also those of an engagement that is over. */
export const historyDeclared = react({
  name: 'declare-history',
  event: 'HistoryDeclared',
  known: (client, { data, envelope }) => allOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) =>
    toEach(engagements, { kind: 'declare-history', through: data.through, complete: data.complete }),
});
