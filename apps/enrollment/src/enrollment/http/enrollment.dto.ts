import { IsCalendarDate, IsIanaZone, IsId, IsInstant, IsText, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  IsDefined,
  IsObject,
  ValidateNested,
} from 'class-validator';
import { IsWeeklyHours } from '../../coaches/http/weekly-hours.field.js';
import type { CancellationReason, DiscontinuationReason, Preferences } from '../enrollment.events.js';

const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const asCode = { message: '$property must be a code in kebab-case of at most 64 characters, as no-time' };
const IsCode = () => Matches(new RegExp(`^(?=.{1,64}$)${CODE.source.slice(1)}`), asCode);

export class NominateDto {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  personId!: string;

  @ApiProperty({ format: 'uuid' })
  @IsId()
  cohortId!: string;

  @ApiPropertyOptional({
    description:
      'for imported history: deadlines are settled only up to the date that is declared later (role integration)',
  })
  @IsOptional()
  @IsBoolean()
  history?: boolean;

  @ApiPropertyOptional({
    description: 'nominate although the eligibility rules do not hold; role hr alone',
  })
  @IsOptional()
  @IsBoolean()
  override?: boolean;
}

export class PreferencesDto {
  @ApiPropertyOptional({
    type: [String],
    example: ['giving-feedback'],
    description: 'in order of preference',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsText(120, { each: true })
  themes?: string[];

  @ApiPropertyOptional({ type: [String], example: ['direct'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsText(120, { each: true })
  styles?: string[];

  @ApiProperty({ type: [String], example: ['en', 'de'], description: 'BCP 47 tags' })
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, {
    each: true,
    message: 'languages must be BCP 47 tags, as en or pt-BR',
  })
  languages!: string[];

  @ApiProperty({ example: 'Europe/Berlin' })
  @IsIanaZone()
  zone!: string;

  @ApiPropertyOptional({
    example: 'mon-fri 09:00-17:00',
    description: 'weekly hours in that zone; any will do unless given',
  })
  @IsOptional()
  @IsText(500)
  @IsWeeklyHours()
  hours?: string;
}

/** Preferences as they are kept: what was left out asks for nothing. */
export const preferencesOf = ({
  themes = [],
  styles = [],
  languages,
  zone,
  hours,
}: PreferencesDto): Preferences => ({ themes, styles, languages, zone, hours: hours ?? null });

export class ActivateDto {
  @ApiProperty({ example: '2026-01', description: 'the version of the privacy notice that was accepted' })
  @IsText(120)
  privacyNoticeVersion!: string;

  @ApiProperty({ type: PreferencesDto })
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => PreferencesDto)
  preferences!: PreferencesDto;
}

export class ReasonDto {
  @ApiProperty({ example: 'no-time' })
  @IsCode()
  reason!: string;
}

export class WithdrawDto {
  @ApiProperty({ enum: ['no-longer-eligible', 'by-hr'] })
  @IsIn(['no-longer-eligible', 'by-hr'])
  reason: 'no-longer-eligible' | 'by-hr' = 'by-hr';
}

export class DiscontinueDto {
  @ApiProperty({ enum: ['left-the-company', 'on-leave', 'too-busy', 'contract-ended'] })
  @IsIn(['left-the-company', 'on-leave', 'too-busy', 'contract-ended'])
  reason!: DiscontinuationReason;
}

export class CancelDto {
  @ApiProperty({ enum: ['unresponsive', 'no-interest', 'repeated-forfeits'] })
  @IsIn(['unresponsive', 'no-interest', 'repeated-forfeits'])
  reason!: CancellationReason;
}

export class ExtendDto {
  @ApiProperty({ example: '2026-09-30', description: 'the new last day' })
  @IsCalendarDate()
  endsOn!: string;
}

export class AllotDto {
  @ApiProperty({ example: 2, description: 'sessions to grant; negative to take back what is not booked' })
  @IsInt()
  @Min(-500)
  @Max(500)
  count!: number;
}

export class HistoryDto {
  @ApiProperty({
    example: '2026-03-31T22:00:00Z',
    description: 'everything up to this instant has been handed over',
  })
  @IsInstant()
  through!: string;

  @ApiPropertyOptional({
    description: 'nothing more will come: from now on deadlines are settled as they fall',
  })
  @IsOptional()
  @IsBoolean()
  complete?: boolean;
}

export class EnrollmentsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  programId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  personId?: string;

  @ApiPropertyOptional({ enum: statuses() })
  @IsOptional()
  @IsIn(statuses())
  status?: string;
}

function statuses() {
  return [
    'nominated',
    'waitlisted',
    'invited',
    'expired',
    'active',
    'paused',
    'declined',
    'withdrawn',
    'completed',
    'discontinued',
    'cancelled',
  ];
}
