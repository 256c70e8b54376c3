import Type from 'typebox';
import { published } from '../../contract.js';
import { DateBasis, Day, Label, Level, shown, Uuid } from '../../fields.js';

const place = {
  department: Type.Optional(Label),
  position: Type.Optional(Label),
  location: Type.Optional(Label),
};

/** A person entered the directory. A placeholder is a manager whom the HR file names but does not contain. */
export const PersonAdded = published('enrollment', 'PersonAdded', {
  personId: Uuid,
  /** Hire date; absent for a placeholder, who counts as there before all its reports. */
  startedOn: Type.Optional(Day),
  placeholder: Type.Boolean(),
  level: Level,
  /** The manager from the start on, as the file says; absent where the file names none or it is not settled. */
  managerId: Type.Optional(Uuid),
  ...place,
  dateBasis: DateBasis,
});

/** One event for each kind of change; it carries the new values of that kind only. */
export const PersonChanged = published('enrollment', 'PersonChanged', {
  personId: Uuid,
  kind: Type.Enum([
    'promotedToManager',
    'levelUp',
    'levelDown',
    'managerChanged',
    'moved',
    'onLeave',
    'returned',
  ]),
  effectiveOn: Day,
  dateBasis: DateBasis,
  level: Type.Optional(Level),
  /** With `managerChanged`: the new manager, or null for none. */
  managerId: Type.Optional(Type.Union([Uuid, Type.Null()])),
  ...place,
  /** With `moved`: what is not known any more, or is not there. What is neither here nor given stays as it was. */
  cleared: Type.Optional(
    Type.Array(Type.Enum(['department', 'position', 'location']), { minItems: 1, maxItems: 3 }),
  ),
});

export const PersonLeft = published('enrollment', 'PersonLeft', {
  personId: Uuid,
  leftOn: Day,
  dateBasis: DateBasis,
});

export const LeavingReasonRecorded = published(
  'enrollment',
  'LeavingReasonRecorded',
  { personId: Uuid, leftOn: Day, reason: Type.Enum(['voluntary', 'involuntary', 'other']) },
  true,
);

export const EngagementScoreRecorded = published(
  'enrollment',
  'EngagementScoreRecorded',
  { personId: Uuid, score: Type.Number(), surveyedOn: Day },
  true,
);

export const PerformanceRatingRecorded = published(
  'enrollment',
  'PerformanceRatingRecorded',
  { personId: Uuid, rating: Label, belowStandard: Type.Boolean(), reviewedOn: Day },
  true,
);

export const PeopleShown = published(
  'enrollment',
  'PeopleShown',
  shown('directory', 'enrollment', 'eligibility', 'match', 'assessment'),
  true,
);
