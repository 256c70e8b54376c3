import { expect, it } from '@jest/globals';
import type { Role } from '@cairn/identity';
import { readerOf } from './access.js';

/** Who counts towards no minimum group: the reader themselves, somebody who ever reported to them, anybody else. */
it.each<[Role, self: boolean, reported: boolean, other: boolean]>([
  ['hr', false, false, false],
  ['program-admin', true, false, false],
  ['manager', true, true, false],
  ['sponsor', true, false, false],
])(
  'to %s the record of themselves is open anyway: %p; of a report: %p; of others: %p',
  (role, ...expected) => {
    const { isOpenTo } = readerOf(
      { tenantId: 't', subject: 's', roles: [role], personId: 'self', sensitive: false },
      { lineUpwards: new Set(), managersSeeParticipation: false },
    );
    expect([
      isOpenTo('self', new Set()),
      isOpenTo('report', new Set(['self', 'somebody else'])),
      isOpenTo('other', new Set(['somebody else'])),
    ]).toEqual(expected);
  },
);
