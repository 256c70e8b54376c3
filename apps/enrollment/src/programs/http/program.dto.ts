import { IsCalendarDate, IsIanaZone, IsNested, IsNumberBetween, IsText, IsWholeNumber } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO4217CurrencyCode,
  IsOptional,
  Matches,
} from 'class-validator';
import { IsName } from '../../name.field.js';
import { tidy } from '../../people/import/names.js';
import {
  CADENCES,
  PRICING_MODELS,
  TRACKS,
  type ProgramChanges,
  type ProgramValues,
} from '../program.events.js';

/** The themes that ship with Cairn; a programme may name others. */
export const THEMES = [
  'giving-feedback',
  'performance-conversations',
  'psychological-safety',
  'developing-direct-reports',
  'navigating-conflict',
  'managing-up-and-across',
];

export class SessionPolicyDto {
  @ApiProperty({
    example: 1,
    description: 'names this set of values; outcomes keep the version that judged them',
  })
  @IsWholeNumber(1, 1_000_000)
  version!: number;

  @ApiProperty({ example: 24, description: 'a cancellation with less notice is late' })
  @IsWholeNumber(0, 336)
  noticeHours!: number;

  @ApiProperty({ example: true, description: "a coachee's late cancellation uses up the session" })
  @IsBoolean()
  lateCancelForfeits!: boolean;

  @ApiProperty({ example: true, description: "a coachee's no-show uses up the session" })
  @IsBoolean()
  noShowForfeits!: boolean;

  @ApiProperty({ example: 72, description: 'silence is judged so long after the end of a session' })
  @IsWholeNumber(1, 720)
  silenceHours!: number;

  @ApiProperty({ example: 72, description: 'so long after an outcome it can be disputed' })
  @IsWholeNumber(0, 720)
  disputeHours!: number;
}

/** What a programme has where nothing else is said. No field initialisers: a change would take them for its own. */
const DEFAULTS = {
  track: 'manager',
  cadence: 'bi-weekly',
  activationDays: 14,
  sessionPolicy: {
    version: 1,
    noticeHours: 24,
    lateCancelForfeits: true,
    noShowForfeits: true,
    silenceHours: 72,
    disputeHours: 72,
  },
  minimumGroup: 5,
  themes: THEMES,
  pricingModel: 'session',
  managersSeeParticipation: false,
} as const;

export class CostDto {
  @ApiProperty({ example: 180 })
  @IsNumberBetween(0, 1_000_000_000)
  amount!: number;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be three capital letters, as EUR' })
  @IsISO4217CurrencyCode({ message: 'currency must be a currency of ISO 4217, as EUR' })
  currency!: string;
}

export class CreateProgramDto {
  @ApiProperty({ example: 'First steps as a manager' })
  @IsName(120)
  name!: string;

  @ApiPropertyOptional({ enum: TRACKS, default: DEFAULTS.track })
  @IsOptional()
  @IsIn(TRACKS)
  track?: ProgramValues['track'];

  @ApiProperty({ example: '2026-01-05' })
  @IsCalendarDate()
  startsOn!: string;

  @ApiProperty({ example: '2026-06-30' })
  @IsCalendarDate()
  endsOn!: string;

  @ApiProperty({ example: 'Europe/Berlin', description: 'IANA zone of its days, periods and deadlines' })
  @IsIanaZone()
  zone!: string;

  @ApiPropertyOptional({ enum: CADENCES, default: DEFAULTS.cadence })
  @IsOptional()
  @IsIn(CADENCES)
  cadence?: ProgramValues['cadence'];

  @ApiProperty({ example: 12, description: 'sessions for each coachee' })
  @IsWholeNumber(1, 500)
  allotment!: number;

  @ApiProperty({ example: 40, description: 'how many may be invited, active or paused at once' })
  @IsWholeNumber(1, 1_000_000)
  capacity!: number;

  @ApiPropertyOptional({ default: DEFAULTS.activationDays, description: 'days to take up an invitation' })
  @IsOptional()
  @IsWholeNumber(1, 365)
  activationDays?: number;

  @ApiPropertyOptional({ type: SessionPolicyDto, default: DEFAULTS.sessionPolicy })
  @IsOptional()
  @IsNested(() => SessionPolicyDto)
  sessionPolicy?: SessionPolicyDto;

  @ApiPropertyOptional({
    default: DEFAULTS.minimumGroup,
    description: 'smallest group that an aggregate shows; can only be raised later',
  })
  @IsOptional()
  @IsWholeNumber(3, 1000)
  minimumGroup?: number;

  @ApiPropertyOptional({
    type: [String],
    default: THEMES,
    description: 'lower case letters and digits, words joined by hyphens',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsText(120, { each: true })
  @Matches(/^[\p{Ll}\p{Lo}\p{N}]+(-[\p{Ll}\p{Lo}\p{N}]+)*$/u, {
    each: true,
    message:
      'each of themes must be lower case letters and digits, words joined by hyphens, as giving-feedback',
  })
  themes?: string[];

  @ApiProperty({ type: CostDto })
  @IsNested(() => CostDto)
  costPerSession!: CostDto;

  @ApiPropertyOptional({ enum: PRICING_MODELS, default: DEFAULTS.pricingModel })
  @IsOptional()
  @IsIn(PRICING_MODELS)
  pricingModel?: ProgramValues['pricingModel'];

  @ApiPropertyOptional({
    default: DEFAULTS.managersSeeParticipation,
    description: 'whether a manager sees the participation of their reports; can only be closed later',
  })
  @IsOptional()
  @IsBoolean()
  managersSeeParticipation?: boolean;
}

/** What may change: not the track, the start, the zone or the pricing model. */
class Changes extends PartialType(
  PickType(CreateProgramDto, [
    'name',
    'endsOn',
    'cadence',
    'allotment',
    'capacity',
    'activationDays',
    'sessionPolicy',
    'minimumGroup',
    'themes',
    'costPerSession',
    'managersSeeParticipation',
  ]),
) {}

export class ChangeProgramDto {
  @ApiPropertyOptional({
    example: '2026-02-01',
    description:
      'the first day, in the programme’s zone, on which the new values are in force; today unless given. On any day, of the changes that are in force by then, the one told last counts. `capacity` and `managersSeeParticipation` act at once: a day ahead is refused for them (422 effective-later).',
  })
  @IsOptional()
  @IsCalendarDate()
  effectiveOn?: string;

  @ApiProperty({ type: Changes, example: { capacity: 60 } })
  @IsNested(() => Changes)
  changes!: Changes;
}

export class OpenCohortDto {
  @ApiProperty({ example: 'Spring' })
  @IsName(120)
  name!: string;

  @ApiPropertyOptional({ example: '2026-01-05', description: "the programme's start unless given" })
  @IsOptional()
  @IsCalendarDate()
  opensOn?: string;
}

export const valuesOf = (dto: CreateProgramDto): ProgramValues =>
  ({ ...DEFAULTS, ...given(dto) }) as unknown as ProgramValues;

export const changesOf = ({ changes }: ChangeProgramDto): ProgramChanges => given(changes) as ProgramChanges;

/** A DTO as plain JSON, without what was left out or null, and its name without spaces around it. */
function given(dto: { name?: string }): object {
  const named = dto.name === undefined ? dto : { ...dto, name: tidy(dto.name) };
  const members = Object.entries(named).filter(([, value]) => value !== undefined && value !== null);
  return JSON.parse(JSON.stringify(Object.fromEntries(members))) as object;
}
