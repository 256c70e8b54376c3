import { expect, it } from '@jest/globals';
import type { Role } from '@cairn/identity';
import { readerOf } from './access.js';

/** Who counts towards no minimum group: the reader themselves, whom they coach, somebody who ever reported to them, anybody else. */
it.each<[Role, self: boolean, coached: boolean, reported: boolean, other: boolean]>([
  ['hr', false, false, false, false],
  ['program-admin', true, true, false, false],
  ['manager', true, true, true, false],
  ['sponsor', true, true, false, false],
])(
  'to %s the record of themselves is open anyway: %p; of one whom they coach: %p; of a report: %p; of others: %p',
  (role, ...expected) => {
    const { isOpenTo } = readerOf(
      { tenantId: 't', subject: 's', roles: [role], personId: 'self', sensitive: false },
      { lineUpwards: new Set(), coached: new Set(['coachee']), managersSeeParticipation: false },
    );
    expect([
      isOpenTo('self', new Set()),
      isOpenTo('coachee', new Set()),
      isOpenTo('report', new Set(['self', 'somebody else'])),
      isOpenTo('other', new Set(['somebody else'])),
    ]).toEqual(expected);
  },
);
