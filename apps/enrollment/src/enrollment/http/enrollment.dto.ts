import {
  IsCalendarDate,
  IsIanaZone,
  IsId,
  IsInstant,
  IsNested,
  IsText,
  IsWholeNumber,
  PageQuery,
} from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { IsWeeklyHours } from '../../coaches/http/weekly-hours.field.js';
import {
  CANCELLATION_REASONS,
  DECLINE_REASONS,
  DISCONTINUATION_REASONS,
  FEEDBACK_MOMENTS,
  PAUSE_REASONS,
  type CancellationReason,
  type DiscontinuationReason,
  type FeedbackMoment,
  type Preferences,
} from '../enrollment.events.js';
import { STATUSES } from '../enrollment.state.js';

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
    description: 'of the programme’s, in order of preference',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsText(120, { each: true })
  themes?: string[];

  @ApiPropertyOptional({
    type: [String],
    example: ['direct'],
    description: 'of the coaches’; another is refused with those that there are (422 unknown-style)',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsText(120, { each: true })
  styles?: string[];

  @ApiProperty({
    type: [String],
    example: ['en', 'de'],
    description: 'BCP 47 tags, in order of preference; none: any language will do',
  })
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
  @ApiProperty({
    example: '2026-01',
    description:
      'the version of the privacy notice that was accepted: 1 to 20 letters, digits, dots and dashes',
  })
  @Matches(/^[A-Za-z0-9.-]{1,20}$/, {
    message: 'privacyNoticeVersion must be 1 to 20 letters, digits, dots and dashes, as 2026-01',
  })
  privacyNoticeVersion!: string;

  @ApiProperty({ type: PreferencesDto })
  @IsNested(() => PreferencesDto)
  preferences!: PreferencesDto;
}

export class DeclineInvitationDto {
  @ApiProperty({ enum: DECLINE_REASONS })
  @IsIn(DECLINE_REASONS)
  reason!: string;
}

export class PauseDto {
  @ApiProperty({ enum: PAUSE_REASONS })
  @IsIn(PAUSE_REASONS)
  reason!: string;
}

/** That somebody left, the HR file says. */
const WITHDRAWN_BY_STAFF = ['no-longer-eligible', 'by-hr'] as const;

export class WithdrawDto {
  @ApiProperty({ enum: WITHDRAWN_BY_STAFF })
  @IsIn(WITHDRAWN_BY_STAFF)
  reason: (typeof WITHDRAWN_BY_STAFF)[number] = 'by-hr';
}

export class DiscontinueDto {
  @ApiProperty({ enum: DISCONTINUATION_REASONS })
  @IsIn(DISCONTINUATION_REASONS)
  reason!: DiscontinuationReason;
}

export class CancelDto {
  @ApiProperty({ enum: CANCELLATION_REASONS })
  @IsIn(CANCELLATION_REASONS)
  reason!: CancellationReason;
}

export class ExtendDto {
  @ApiProperty({ example: '2026-09-30', description: 'the new last day' })
  @IsCalendarDate()
  endsOn!: string;
}

export class AllotDto {
  @ApiProperty({
    example: 2,
    description: 'sessions to grant; negative to take back what is not booked; not 0',
  })
  @IsWholeNumber(-500, 500)
  count!: number;
}

export class FeedbackDto {
  @ApiProperty({ enum: FEEDBACK_MOMENTS, description: 'what `feedbackAsked` of the enrolment says' })
  @IsIn(FEEDBACK_MOMENTS)
  moment!: FeedbackMoment;

  @ApiProperty({ example: 9, description: 'how likely you would recommend it: 0 not at all, 10 very' })
  @IsWholeNumber(0, 10)
  recommend!: number;
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

  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: string;
}
