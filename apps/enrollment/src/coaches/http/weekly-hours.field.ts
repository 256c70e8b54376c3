import { ValidateBy } from 'class-validator';
import { parseSlots } from '../weekly-hours.js';

/** Weekly hours as people write them: mon-thu 09:00-17:00; fri 09:00-12:00. */
export const IsWeeklyHours = () =>
  ValidateBy({
    name: 'isWeeklyHours',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && (parseSlots(value)?.length ?? 0) > 0,
      defaultMessage: () => '$property must be weekly hours, as mon-thu 09:00-17:00; fri 09:00-12:00',
    },
  });
