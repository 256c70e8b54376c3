import type { CoachProfile, CoachStatus, Level } from '../coaches/coach.js';
import { fold } from '../coaches/label.js';
import { languageCode } from '../coaches/language.js';
import type { WeeklyHours } from '../coaches/weekly-hours.js';
import { minutesOf, weekInUtc, type WeekInUtc } from './overlap.js';

/** A coachee as matching sees one: directory facts, and the preferences given at activation. */
export interface Coachee {
  readonly personId: string;
  /** The customer's own reference, unique in the tenant: the employee id, or a placeholder's alias. Ties are broken by it. */
  readonly externalRef: string;
  readonly level: Level;
  /** The department, compared with the functions that a coach knows; null where unknown. */
  readonly function: string | null;
  /** The employer's industry, where the programme names it. */
  readonly industry: string | null;
  /** Managers from the direct one to the top, by personId. */
  readonly managerChain: readonly string[];
  /** What the coachee asked for, in order of preference; an empty list asks for nothing. */
  readonly themes: readonly string[];
  readonly styles: readonly string[];
  /** BCP 47 tags. */
  readonly languages: readonly string[];
  /** Null where the coachee named no hours: any will do. */
  readonly hours: WeeklyHours | null;
  /** Coaches whom this coachee's earlier proposals or shortlists named in vain. */
  readonly declinedCoachIds: readonly string[];
}

/** A coach as matching sees one. */
export interface Coach extends CoachProfile {
  readonly coachId: string;
  readonly externalRef: string;
  readonly status: CoachStatus;
  /** The last of the credentials that the coach had has expired. */
  readonly lapsed?: true;
  /** Capacity less the matches that hold a place: those proposed and those active. */
  readonly placesLeft: number;
  /** Set for an internal coach. */
  readonly personId: string | null;
  /** An internal coach's managers, from the direct one to the top; else empty. */
  readonly managerChain: readonly string[];
}

/** A coachee made ready for many comparisons: labels folded, hours in UTC. */
export interface ReadyCoachee {
  readonly of: Coachee;
  readonly themes: readonly string[];
  readonly styles: readonly string[];
  readonly languages: readonly string[];
  readonly function: string | null;
  readonly industry: string | null;
  readonly chain: ReadonlySet<string>;
  readonly declined: ReadonlySet<string>;
  readonly week: WeekInUtc | null;
  readonly minutes: number;
}

/** A coach made ready for many comparisons. */
export interface ReadyCoach {
  readonly of: Coach;
  readonly placesLeft: number;
  readonly specialties: ReadonlySet<string>;
  readonly styles: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly industries: ReadonlySet<string>;
  readonly levels: ReadonlySet<Level>;
  readonly languages: ReadonlySet<string>;
  readonly conflicts: ReadonlySet<string>;
  readonly chain: ReadonlySet<string>;
  readonly week: WeekInUtc;
}

/** `on` ("YYYY-MM-DD") is the day whose week decides where hours of different zones meet. */
export function readyCoachee(of: Coachee, on: string): ReadyCoachee {
  const week = of.hours && weekInUtc(of.hours, on);
  return {
    of,
    themes: [...folded(of.themes)],
    styles: [...folded(of.styles)],
    languages: [...spoken(of.languages)],
    function: of.function && fold(of.function),
    industry: of.industry && fold(of.industry),
    chain: new Set(of.managerChain),
    declined: new Set(of.declinedCoachIds),
    week,
    minutes: week ? minutesOf(week) : 0,
  };
}

/** `on` as in `readyCoachee`. */
export function readyCoach(of: Coach, on: string): ReadyCoach {
  return {
    of,
    placesLeft: of.placesLeft,
    specialties: folded(of.specialties),
    styles: folded(of.styles),
    functions: folded(of.functions),
    industries: folded(of.industries),
    levels: new Set(of.levels),
    languages: spoken(of.languages),
    conflicts: new Set(of.conflicts),
    chain: new Set(of.managerChain),
    week: weekInUtc(of.hours, on),
  };
}

function folded(labels: readonly string[]): Set<string> {
  return new Set(labels.map(fold));
}

function spoken(tags: readonly string[]): Set<string> {
  return new Set(tags.map((tag) => languageCode(tag) ?? tag.toLowerCase()));
}
