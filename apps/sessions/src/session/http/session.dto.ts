import { IsId, IsInstant, IsText, IsWholeNumber, NotBefore, PageQuery } from '@cairn/http';
import { MAX_TEXT_LENGTH } from '@cairn/private-text';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
} from 'class-validator';
import type { Cadence } from '../../calendar/series.js';
import {
  CORRECTION_REASONS,
  DISPUTE_REASONS,
  OUTCOMES,
  type Outcome,
  type Rating,
} from '../session.events.js';

const STARTS_AT = {
  example: '2026-03-10T09:00',
  description:
    'a wall time in `zone`; or an instant with Z or with the offset of that zone, which chooses where clocks show a time twice',
};
const DURATION = { example: 60, minimum: 5, maximum: 480 };

export const STATES = [
  'scheduled',
  'awaitingConfirmation',
  'completed',
  'noShow',
  'unconfirmed',
  'cancelledInTime',
  'lateCancelled',
  'disputed',
] as const;

class WhenDto {
  @ApiProperty(STARTS_AT)
  @IsText(40)
  startsAt!: string;

  @ApiProperty({ example: 'Europe/Berlin', description: 'an IANA zone' })
  @IsOptional()
  @IsText(64)
  zone?: string;
}

export class BookDto extends WhenDto {
  @ApiProperty(DURATION)
  @IsWholeNumber(5, 480)
  durationMinutes!: number;
}

export class SeriesDto extends BookDto {
  @ApiProperty({ example: 6, minimum: 1, maximum: 60, description: 'how many sessions' })
  @IsWholeNumber(1, 60)
  count!: number;

  @ApiPropertyOptional({
    enum: ['weekly', 'bi-weekly', 'monthly'],
    description:
      'the programme’s, unless given; monthly keeps the weekday: the second Tuesday, say, or the last',
  })
  @IsOptional()
  @IsIn(['weekly', 'bi-weekly', 'monthly'])
  cadence?: Cadence;
}

export class MoveDto extends WhenDto {
  @ApiPropertyOptional({ ...DURATION, description: 'as long as before, unless given' })
  @IsOptional()
  @IsWholeNumber(5, 480)
  durationMinutes?: number;
}

export class DisputeDto {
  @ApiProperty({ enum: DISPUTE_REASONS })
  @IsIn(DISPUTE_REASONS)
  reason!: string;
}

export class CorrectDto {
  @ApiProperty({ enum: OUTCOMES, example: 'completed' })
  @IsIn(OUTCOMES)
  to!: Outcome;

  @ApiPropertyOptional({
    description: 'whether a coachee’s late cancel or no-show forfeits; as the policy says, unless given',
  })
  @IsOptional()
  @IsBoolean()
  forfeited?: boolean;

  @ApiProperty({ enum: CORRECTION_REASONS })
  @IsIn(CORRECTION_REASONS)
  reason!: string;
}

const SCORE = { example: 4, minimum: 1, maximum: 5 };

export class RatingDto implements Rating {
  @ApiProperty({ ...SCORE, description: 'was the session useful?' })
  @IsWholeNumber(1, 5)
  useful!: number;

  @ApiProperty({ ...SCORE, description: 'how is the relationship with the coach?' })
  @IsWholeNumber(1, 5)
  relationship!: number;

  @ApiProperty({ ...SCORE, description: 'is there progress towards the goals?' })
  @IsWholeNumber(1, 5)
  progress!: number;
}

export class ThemesDto {
  @ApiProperty({ type: [String], example: ['giving-feedback'], description: 'themes of the programme' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsText(120, { each: true })
  themes!: string[];
}

export class NoteDto {
  @ApiProperty({
    example: 'Prepare the talk with the team.',
    description: 'encrypted; only its writer reads it',
  })
  @IsText(MAX_TEXT_LENGTH)
  text!: string;
}

export class SessionsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES, description: 'unconfirmed: those the coach is asked about' })
  @IsOptional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  engagementId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  programId?: string;

  @ApiPropertyOptional({ example: '2026-03-01T00:00:00Z', description: 'starting at or after' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ example: '2026-04-01T00:00:00Z', description: 'starting before' })
  @IsOptional()
  @IsInstant()
  @NotBefore('from')
  to?: string;
}
