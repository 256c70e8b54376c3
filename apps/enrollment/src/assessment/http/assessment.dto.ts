import { IsCalendarDate, IsId, IsNested, IsText, IsWholeNumber, PageQuery } from '@cairn/http';
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
import { STATUSES } from '../assessment.decider.js';
import {
  ANONYMOUS,
  CATEGORIES,
  MOMENTS,
  WITHDRAWAL_REASONS,
  type AnonymousCategory,
  type Category,
  type Moment,
} from '../assessment.events.js';
import { HIGHEST, ITEMS_PER_THEME, LOWEST } from '../questionnaires/questionnaire.js';

export class RequestAssessmentDto {
  @ApiProperty({
    enum: MOMENTS,
    description: 'a follow-up asks the same themes and items as the released baseline',
  })
  @IsIn(MOMENTS)
  moment!: Moment;

  @ApiProperty({
    enum: CATEGORIES,
    isArray: true,
    example: ['self', 'manager', 'peer', 'directReport'],
    description:
      'who is asked; self and manager come by themselves, the coachee nominates raters of the others',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(CATEGORIES, { each: true })
  categories!: Category[];

  @ApiProperty({
    example: '2026-02-13',
    description: 'the last day of answering, in the programme’s zone; within 90 days',
  })
  @IsCalendarDate()
  closesOn!: string;
}

export class NominateRaterDto {
  @ApiProperty({ enum: ANONYMOUS })
  @IsIn(ANONYMOUS)
  category!: AnonymousCategory;

  @ApiPropertyOptional({ format: 'uuid', description: 'somebody of the directory' })
  @IsOptional()
  @IsId()
  personId?: string;

  @ApiPropertyOptional({
    example: '4711',
    description:
      'the same by employee id; somebody from outside is named by neither, and nothing is kept of them',
  })
  @IsOptional()
  @IsText(64)
  employeeId?: string;
}

export class WithdrawAssessmentDto {
  @ApiPropertyOptional({ enum: WITHDRAWAL_REASONS, default: 'by-hr' })
  @IsOptional()
  @IsIn(WITHDRAWAL_REASONS)
  reason?: string;
}

export class ShareResultsDto {
  @ApiProperty({ description: 'false takes it back' })
  @IsBoolean()
  shared!: boolean;
}

export class PriorityDto {
  @ApiProperty({ example: 'giving-feedback' })
  @IsText(120)
  theme!: string;

  @ApiProperty({
    enum: CATEGORIES,
    isArray: true,
    example: ['peer'],
    description: 'whose answers led to it',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(CATEGORIES, { each: true })
  sources!: Category[];
}

export class PrioritiesDto {
  @ApiProperty({ type: [PriorityDto], description: 'one to three themes; they replace those of before' })
  @IsNested(() => PriorityDto, { each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  priorities!: PriorityDto[];
}

export class LinkDto {
  @ApiProperty({ description: 'what stands behind the # of the link' })
  @IsText(200)
  token!: string;
}

export class ThemeAnswerDto {
  @ApiProperty({ example: 'giving-feedback' })
  @IsText(120)
  theme!: string;

  @ApiProperty({
    type: [Number],
    example: [5, 6, 4],
    description: `one for each item, in their order: ${LOWEST} to ${HIGHEST}`,
  })
  @IsArray()
  @ArrayMinSize(ITEMS_PER_THEME)
  @ArrayMaxSize(ITEMS_PER_THEME)
  @IsWholeNumber(LOWEST, HIGHEST, { each: true })
  values!: number[];
}

export class AnswersDto extends LinkDto {
  @ApiProperty({ type: [ThemeAnswerDto], description: 'each theme once, every item answered' })
  @IsNested(() => ThemeAnswerDto, { each: true })
  @ArrayMaxSize(50)
  answers!: ThemeAnswerDto[];
}

export class AssessmentsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  enrollmentId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  programId?: string;

  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: string;
}
