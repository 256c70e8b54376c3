import { IsCalendarDate, IsNumberBetween, IsText, IsWholeNumber } from '@cairn/http';
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
import type { Level, Outcome } from '../goal.events.js';

/** Longest wording of a goal, a level, a practice or a remark, in characters. */
const TEXT = 4000;

class TermsDto {
  @ApiProperty({ example: 'giving-feedback', description: "one of the programme's themes" })
  @IsText(120)
  theme!: string;

  @ApiPropertyOptional({ default: 1, description: 'how much it counts beside the others; 0.01 to 100' })
  @IsNumberBetween(0.01, 100)
  weight: number = 1;

  @ApiProperty({ example: '2026-06-15' })
  @IsCalendarDate()
  targetDate!: string;
}

export class ProposeGoalDto extends TermsDto {
  @ApiProperty({
    example: 'Give each report one piece of specific feedback a week.',
    description: 'private to coachee and coach',
  })
  @IsText(TEXT)
  text!: string;
}

export class ReviseGoalDto {
  @ApiPropertyOptional({ example: 'giving-feedback' })
  @IsOptional()
  @IsText(120)
  theme?: string;

  @ApiPropertyOptional({ example: 2 })
  @IsOptional()
  @IsNumberBetween(0.01, 100)
  weight?: number;

  @ApiPropertyOptional({ example: '2026-07-15' })
  @IsOptional()
  @IsCalendarDate()
  targetDate?: string;

  @ApiPropertyOptional({ description: 'private to coachee and coach' })
  @IsOptional()
  @IsText(TEXT)
  text?: string;
}

export class ScaleDto {
  @ApiProperty({
    type: [String],
    example: ['no feedback', 'once a month', 'once a fortnight', 'once a week', 'every day'],
    description:
      'what each level means, from -2 (much less than expected) over 0 (as expected) to +2; private',
  })
  @IsArray()
  @ArrayMinSize(5)
  @ArrayMaxSize(5)
  @ArrayUnique()
  @IsText(TEXT, { each: true })
  levels!: string[];

  @ApiProperty({ example: -1, description: 'where the coachee stands now, from -2 to +2' })
  @IsWholeNumber(-2, 2)
  baselineLevel!: Level;
}

export class CommitPracticeDto {
  @ApiProperty({ example: '2026-03-10' })
  @IsCalendarDate()
  dueOn!: string;

  @ApiProperty({
    example: 'Prepare and hold the talk with the shift lead.',
    description: 'private to coachee and coach',
  })
  @IsText(TEXT)
  text!: string;
}

export class ReportPracticeDto {
  @ApiProperty({ enum: ['yes', 'partly', 'no'] })
  @IsIn(['yes', 'partly', 'no'])
  done!: 'yes' | 'partly' | 'no';

  @ApiPropertyOptional({ description: 'how it went; private to coachee and coach' })
  @IsOptional()
  @IsText(TEXT)
  text?: string;
}

export class CheckInDto {
  @ApiProperty({ enum: ['forward', 'steady', 'back'] })
  @IsIn(['forward', 'steady', 'back'])
  movement!: 'forward' | 'steady' | 'back';

  @ApiPropertyOptional({ description: 'private to coachee and coach' })
  @IsOptional()
  @IsText(TEXT)
  text?: string;
}

export class ScoreDto {
  @ApiProperty({
    example: 1,
    description: 'from -2 to +2; by the coachee it is a self score, by the coach an observed one',
  })
  @IsWholeNumber(-2, 2)
  level!: Level;

  @ApiProperty({ enum: ['baseline', 'interim', 'closing'] })
  @IsIn(['baseline', 'interim', 'closing'])
  moment!: 'baseline' | 'interim' | 'closing';
}

export class CloseGoalDto {
  @ApiProperty({ enum: ['attained', 'partlyAttained', 'notAttained', 'dropped'] })
  @IsIn(['attained', 'partlyAttained', 'notAttained', 'dropped'])
  outcome!: Outcome;
}

export class ShareGoalDto {
  @ApiProperty({
    enum: ['hr', 'manager'],
    description: "hr then sees the goal's text; the manager its theme and status",
  })
  @IsIn(['hr', 'manager'])
  with!: 'hr' | 'manager';

  @ApiProperty({ example: true })
  @IsBoolean()
  shared!: boolean;
}
