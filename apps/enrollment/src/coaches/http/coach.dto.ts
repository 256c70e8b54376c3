import { IsCalendarDate, IsIanaZone, IsQueryFlag, IsText, IsWholeNumber, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  ValidateBy,
} from 'class-validator';
import { IsName } from '../../name.field.js';
import { RETIREMENT_REASONS, SUSPENSION_REASONS } from '../coach.commands.js';
import type { CoachDraft } from '../coach.handler.js';
import {
  COACH_STATUSES,
  LEVELS,
  REASSESSMENT_OUTCOMES,
  type Level,
  type ReassessmentOutcome,
} from '../coach.js';
import { fold } from '../label.js';
import { languageCode } from '../language.js';
import { parseSlots } from '../weekly-hours.js';
import { IsWeeklyHours } from './weekly-hours.field.js';

/** At most 50 labels of at most 120 characters. */
const IsLabels = () => (target: object, property: string) => {
  IsOptional()(target, property);
  IsArray()(target, property);
  ArrayMaxSize(50)(target, property);
  IsText(120, { each: true })(target, property);
};

const IsLanguages = () =>
  ValidateBy(
    {
      name: 'isLanguages',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && canonical(value) !== undefined,
        defaultMessage: () => 'each of $property must be a BCP 47 tag of a language, as en or pt-BR',
      },
    },
    { each: true },
  );

export class AddCoachDto {
  @ApiProperty({ example: 'C-104', description: "the customer's own reference, unique among the coaches" })
  @IsText(300)
  externalRef!: string;

  @ApiProperty({ example: 'Rosa Lind' })
  @IsName(300)
  name!: string;

  @ApiPropertyOptional({ example: 'rosa@coaches.example' })
  @IsOptional()
  @IsEmail()
  email?: string;

  @ApiPropertyOptional({ example: '10026', description: 'for an internal coach: the employee who it is' })
  @IsOptional()
  @IsText(100)
  employeeId?: string;

  @ApiPropertyOptional({ type: [String], example: ['Manufacturing'] })
  @IsLabels()
  industries?: string[];

  @ApiPropertyOptional({
    type: [String],
    example: ['Production'],
    description: 'departments the coach knows',
  })
  @IsLabels()
  functions?: string[];

  @ApiProperty({ enum: LEVELS, isArray: true, example: ['manager', 'director'] })
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(LEVELS, { each: true })
  levels!: Level[];

  @ApiProperty({ example: 12, description: 'years of coaching' })
  @IsWholeNumber(0, 70)
  years!: number;

  @ApiPropertyOptional({ type: [String], example: ['giving-feedback'], description: 'themes' })
  @IsLabels()
  specialties?: string[];

  @ApiPropertyOptional({ type: [String], example: ['challenging'] })
  @IsLabels()
  styles?: string[];

  @ApiProperty({ type: [String], example: ['en', 'de'], description: 'BCP 47 tags' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsLanguages()
  languages!: string[];

  @ApiProperty({ example: 'mon-thu 09:00-17:00; fri 09:00-12:00', description: 'weekly hours in that zone' })
  @IsText(500)
  @IsWeeklyHours()
  hours!: string;

  @ApiProperty({ example: 'Europe/Berlin' })
  @IsIanaZone()
  zone!: string;

  @ApiProperty({ example: 6, description: 'engagements at the same time' })
  @IsWholeNumber(0, 1000)
  capacity!: number;

  @ApiPropertyOptional({
    type: [String],
    example: ['10084'],
    description: 'employee ids of people whom this coach never coaches',
  })
  @IsLabels()
  conflicts?: string[];

  @ApiPropertyOptional({ default: false, description: 'true: approved at once; else the coach has applied' })
  @IsOptional()
  @IsBoolean()
  approved?: boolean;
}

export class SuspendDto {
  @ApiProperty({ enum: SUSPENSION_REASONS })
  @IsIn(SUSPENSION_REASONS)
  reason!: string;
}

export class RetireDto {
  @ApiProperty({ enum: RETIREMENT_REASONS })
  @IsIn(RETIREMENT_REASONS)
  reason!: string;
}

export class CredentialDto {
  @ApiProperty({ example: 'PCC', description: 'what it is called, as ACC, PCC or MCC' })
  @IsText(60)
  credential!: string;

  @ApiProperty({ example: 'ICF', description: 'who issued it' })
  @IsText(60)
  issuer!: string;

  @ApiPropertyOptional({
    example: '2028-03-31',
    description: 'the last day on which it is valid, where the coach is; none: it does not expire',
  })
  @IsOptional()
  @IsCalendarDate()
  expiresOn?: string;
}

export class ReassessDto {
  @ApiProperty({
    enum: REASSESSMENT_OUTCOMES,
    description: 'watch: goes on, and HR looks again; suspended: no new matches from now on',
  })
  @IsIn(REASSESSMENT_OUTCOMES)
  outcome!: ReassessmentOutcome;
}

export class CapacityDto {
  @ApiProperty({ example: 8, description: 'below the places taken it ends no match; it keeps new ones away' })
  @IsWholeNumber(0, 1000)
  capacity!: number;
}

export class CoachesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: COACH_STATUSES })
  @IsOptional()
  @IsIn(COACH_STATUSES)
  status?: string;

  @ApiPropertyOptional({ example: 'C-104' })
  @IsOptional()
  @IsText(300)
  externalRef?: string;

  @ApiPropertyOptional({ description: 'true: approved coaches whose reassessment is due by now' })
  @IsOptional()
  @IsQueryFlag()
  reassessmentDue?: boolean;
}

export class CoachImportQuery {
  @ApiPropertyOptional({ default: false, description: 'apply the sound rows although others are rejected' })
  @IsOptional()
  @IsQueryFlag()
  partial?: boolean;
}

export const draftOf = (dto: AddCoachDto): CoachDraft => ({
  externalRef: dto.externalRef.trim(),
  name: dto.name,
  email: dto.email ?? null,
  employeeId: dto.employeeId ?? null,
  approved: dto.approved ?? false,
  profile: {
    industries: unique(dto.industries),
    functions: unique(dto.functions),
    levels: [...new Set(dto.levels)],
    years: dto.years,
    specialties: unique(dto.specialties?.map(fold)),
    styles: unique(dto.styles?.map(fold)),
    languages: unique(dto.languages.map((tag) => canonical(tag)!)),
    hours: { zone: dto.zone, slots: parseSlots(dto.hours)! },
    capacity: dto.capacity,
    conflicts: unique(dto.conflicts),
  },
});

const unique = (labels: readonly string[] = []): string[] =>
  [...new Set(labels)].filter((label) => label !== '');

function canonical(tag: string): string | undefined {
  try {
    return languageCode(tag) === undefined ? undefined : Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
