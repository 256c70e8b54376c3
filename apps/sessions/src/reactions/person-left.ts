import { react } from '@cairn/messaging';
import { unsettledOfPerson, toEach } from './engagement-order.js';

/** Who left has no sessions ahead: their engagements end. */
export const personLeft = react({
  name: 'end-engagement-leaver',
  event: 'PersonLeft',
  known: (client, { data, envelope }) => unsettledOfPerson(client, envelope, data.personId),
  commands: (_, engagements) => toEach(engagements, { kind: 'end', reason: 'left-the-company' }),
});
