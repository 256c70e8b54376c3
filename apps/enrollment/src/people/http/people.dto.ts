import { IsCalendarDate, IsId, IsIdList, IsQueryFlag, IsText, MOST_IDS, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsOptional } from 'class-validator';
import { IsName } from '../../name.field.js';

export class ImportQuery {
  @ApiPropertyOptional({
    example: 'hr-dataset-v14',
    description: 'a saved or shipped mapping; not needed where the form brings one',
  })
  @IsOptional()
  @IsText(100)
  mapping?: string;

  @ApiPropertyOptional({ description: 'the day whose state the file shows; goes before the mapping’s' })
  @IsOptional()
  @IsCalendarDate()
  snapshotDate?: string;

  @ApiPropertyOptional({ description: 'report what would happen, and change nothing' })
  @IsOptional()
  @IsQueryFlag()
  dryRun: boolean = false;

  @ApiPropertyOptional({ description: 'apply the sound rows although others are rejected' })
  @IsOptional()
  @IsQueryFlag()
  partial: boolean = false;
}

export const OUTCOMES = ['created', 'updated', 'unchanged', 'ended', 'rejected'] as const;

export class ImportRowsQuery extends PageQuery {
  @IsOptional()
  @IsIn(OUTCOMES, { message: `outcome must be one of ${OUTCOMES.join(', ')}` })
  outcome?: (typeof OUTCOMES)[number];
}

export class PeopleQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, description: `up to ${MOST_IDS} personIds, separated by commas` })
  @IsOptional()
  @IsIdList(MOST_IDS)
  ids?: string[];

  @IsOptional()
  @IsText(100)
  employeeId?: string;

  @IsOptional()
  @IsText(120)
  department?: string;

  @ApiPropertyOptional({ description: 'only those who report to this person' })
  @IsOptional()
  @IsId()
  managerId?: string;
}

export class CompleteDto {
  @ApiProperty({ example: 'Vera' })
  @IsName(200)
  givenName!: string;

  @ApiProperty({ example: 'Stone' })
  @IsName(200)
  familyName!: string;

  @ApiPropertyOptional({ example: 'vera.stone@example.org' })
  @IsOptional()
  @IsEmail()
  email?: string;

  @ApiPropertyOptional({ example: 'Numbers' })
  @IsOptional()
  @IsName(120)
  department?: string;

  @ApiPropertyOptional({ example: 'Finance Manager' })
  @IsOptional()
  @IsName(120)
  position?: string;

  @ApiPropertyOptional({ example: 'North' })
  @IsOptional()
  @IsName(120)
  location?: string;
}
