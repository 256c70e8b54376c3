import { IsCalendarDate, IsIanaZone, IsText } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ATTRIBUTES, type Attribute, type Condition } from '../eligibility.js';
import type { ProgramValues } from '../program.events.js';

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
  @IsInt()
  @Min(1)
  version = 1;

  @ApiProperty({ example: 24, description: 'a cancellation with less notice is late' })
  @IsInt()
  @Min(0)
  @Max(336)
  noticeHours = 24;

  @ApiProperty({ example: true, description: "a coachee's late cancellation uses up the session" })
  @IsBoolean()
  lateCancelForfeits = true;

  @ApiProperty({ example: true, description: "a coachee's no-show uses up the session" })
  @IsBoolean()
  noShowForfeits = true;

  @ApiProperty({ example: 72, description: 'silence is judged so long after the end of a session' })
  @IsInt()
  @Min(1)
  @Max(720)
  silenceHours = 72;

  @ApiProperty({ example: 72, description: 'so long after an outcome it can be disputed' })
  @IsInt()
  @Min(0)
  @Max(720)
  disputeHours = 72;
}

export class CostDto {
  @ApiProperty({ example: 180 })
  @IsNumber()
  @Min(0)
  amount!: number;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be three capital letters, as EUR' })
  currency!: string;
}

export class CreateProgramDto implements ProgramValues {
  @ApiProperty({ example: 'First steps as a manager' })
  @IsText(120)
  name!: string;

  @ApiProperty({ enum: ['manager', 'director', 'executive', 'first-90-days'] })
  @IsIn(['manager', 'director', 'executive', 'first-90-days'])
  track: 'manager' | 'director' | 'executive' | 'first-90-days' = 'manager';

  @ApiProperty({ example: '2026-01-05' })
  @IsCalendarDate()
  startsOn!: string;

  @ApiProperty({ example: '2026-06-30' })
  @IsCalendarDate()
  endsOn!: string;

  @ApiProperty({ example: 'Europe/Berlin', description: 'IANA zone of its days, periods and deadlines' })
  @IsIanaZone()
  zone!: string;

  @ApiProperty({ enum: ['weekly', 'bi-weekly', 'monthly'] })
  @IsIn(['weekly', 'bi-weekly', 'monthly'])
  cadence: 'weekly' | 'bi-weekly' | 'monthly' = 'bi-weekly';

  @ApiProperty({ example: 12, description: 'sessions for each coachee' })
  @IsInt()
  @Min(1)
  @Max(500)
  allotment!: number;

  @ApiProperty({ example: 40, description: 'how many may be invited, active or paused at once' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  capacity!: number;

  @ApiProperty({ example: 14, description: 'days to take up an invitation' })
  @IsInt()
  @Min(1)
  @Max(365)
  activationDays = 14;

  @ApiProperty({ type: SessionPolicyDto })
  @ValidateNested()
  @Type(() => SessionPolicyDto)
  sessionPolicy: SessionPolicyDto = new SessionPolicyDto();

  @ApiProperty({
    example: 5,
    description: 'smallest group that an aggregate shows; can only be raised later',
  })
  @IsInt()
  @Min(3)
  @Max(1000)
  minimumGroup = 5;

  @ApiProperty({ example: THEMES, type: [String] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsText(120, { each: true })
  themes: string[] = THEMES;

  @ApiProperty({ type: CostDto })
  @ValidateNested()
  @Type(() => CostDto)
  costPerSession!: CostDto;

  @ApiProperty({ enum: ['seat', 'session', 'pool'] })
  @IsIn(['seat', 'session', 'pool'])
  pricingModel: 'seat' | 'session' | 'pool' = 'session';

  @ApiProperty({ example: false, description: 'whether a manager sees the participation of their reports' })
  @IsBoolean()
  managersSeeParticipation = false;
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
    description: 'from when the new values are in force; today unless given',
  })
  @IsOptional()
  @IsCalendarDate()
  effectiveOn?: string;

  @ApiProperty({ type: Changes })
  @ValidateNested()
  @Type(() => Changes)
  changes!: Changes;
}

export class ConditionDto implements Condition {
  @ApiProperty({ enum: Object.keys(ATTRIBUTES) })
  @IsIn(Object.keys(ATTRIBUTES))
  attribute!: Attribute;

  @ApiProperty({ enum: ['equal', 'not-equal', 'one-of', 'at-least', 'at-most', 'present', 'absent'] })
  @IsIn(['equal', 'not-equal', 'one-of', 'at-least', 'at-most', 'present', 'absent'])
  is!: Condition['is'];

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'array', items: {} }],
    example: 3,
  })
  @IsOptional()
  value?: string | number | boolean | (string | number)[];
}

export class RuleDto {
  @ApiProperty({ example: 'leads-a-team' })
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, { message: 'code must be in kebab-case, as leads-a-team' })
  code!: string;

  @ApiProperty({ type: [ConditionDto], description: 'the rule holds when any of these does' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ConditionDto)
  any!: ConditionDto[];
}

export class EligibilityRulesDto {
  @ApiProperty({ type: [RuleDto], description: 'all must hold' })
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => RuleDto)
  rules!: RuleDto[];
}

export class OpenCohortDto {
  @ApiProperty({ example: 'Spring' })
  @IsText(120)
  name!: string;

  @ApiPropertyOptional({ example: '2026-01-05', description: "the programme's start unless given" })
  @IsOptional()
  @IsCalendarDate()
  opensOn?: string;
}
