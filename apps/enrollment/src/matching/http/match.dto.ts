import { IsId, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { DECLINE_CODES, REQUEST_WITHDRAWAL_REASONS } from '../match.commands.js';
import { STATUSES } from '../match.decider.js';

export class ShortlistDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'In a history that is told: who was found then, whoever would be found now',
  })
  @IsOptional()
  @IsId()
  coachId?: string;
}

export class ProposeDto {
  @ApiProperty({ format: 'uuid', description: 'one of the shortlist' })
  @IsId()
  coachId!: string;
}

export class DeclineDto {
  @ApiProperty({ enum: DECLINE_CODES, example: 'hours' })
  @IsIn(DECLINE_CODES)
  code!: (typeof DECLINE_CODES)[number];
}

export class WithdrawRequestDto {
  @ApiPropertyOptional({ enum: REQUEST_WITHDRAWAL_REASONS, default: 'by-hr' })
  @IsOptional()
  @IsIn(REQUEST_WITHDRAWAL_REASONS)
  reason?: string;
}

export class MatchesQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  coachId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  programId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsId()
  cohortId?: string;

  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: string;
}
