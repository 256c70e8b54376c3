import type { Columns } from '@cairn/http';
import type { ProgramReport } from '../reports/report.js';
import { listed } from './columns.js';

/** What a programme is, above its overview. Managers are told no terms of it: neither its places nor what it costs. */
export function headOf({ view: { program }, reader }: ProgramReport) {
  const { name, track, startsOn, endsOn, zone, cadence, allotment, capacity, pricingModel, costPerSession } =
    program.values;
  return {
    programId: program.programId,
    name,
    track,
    startsOn,
    endsOn,
    zone,
    cadence,
    allotment,
    // The one that is applied: the highest ever set, from whatever day on.
    minimumGroup: program.minimumGroup,
    ...(reader.terms ? { capacity, pricingModel, costPerSession } : {}),
    cohorts: program.cohorts,
    shownTo: reader.inFull ? 'in full' : 'closed months',
  };
}

type Head = ReturnType<typeof headOf>;

export const HEAD_COLUMNS: Columns<{ readonly program?: Head }> = {
  programName: ({ program }) => program?.name,
  track: ({ program }) => program?.track,
  startsOn: ({ program }) => program?.startsOn,
  endsOn: ({ program }) => program?.endsOn,
  zone: ({ program }) => program?.zone,
  cadence: ({ program }) => program?.cadence,
  allotment: ({ program }) => program?.allotment,
  capacity: ({ program }) => program?.capacity,
  minimumGroup: ({ program }) => program?.minimumGroup,
  pricingModel: ({ program }) => program?.pricingModel,
  costPerSession: ({ program }) => program?.costPerSession?.amount,
  currency: ({ program }) => program?.costPerSession?.currency,
  cohorts: ({ program }) => listed(program?.cohorts, ({ name }) => name),
  cohortIds: ({ program }) => listed(program?.cohorts, ({ cohortId }) => cohortId),
  cohortsOpenOn: ({ program }) => listed(program?.cohorts, ({ opensOn }) => opensOn),
  cohortsClosedOn: ({ program }) => listed(program?.cohorts, ({ closedOn }) => closedOn),
  shownTo: ({ program }) => program?.shownTo,
};
