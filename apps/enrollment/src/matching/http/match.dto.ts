import { IsId, IsQueryFlag, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { DECLINE_CODES, REQUEST_WITHDRAWAL_REASONS } from '../match.commands.js';
import { STATUSES } from '../match.decider.js';
import { REMATCH_REASONS, SIGNALS, type RematchReason, type Signal } from '../match.events.js';

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

  @ApiPropertyOptional({
    default: false,
    description:
      'In a rematch: the next coach may read what the former one knew, the goals of before. Until they accept, what is said last counts; left out, it is taken back',
  })
  @IsOptional()
  @IsBoolean()
  handover?: boolean;
}

export class RematchDto {
  @ApiProperty({ enum: REMATCH_REASONS, description: 'shown to nobody; reports count it' })
  @IsIn(REMATCH_REASONS)
  reason!: RematchReason;
}

export class FitDto {
  @ApiProperty({ enum: SIGNALS })
  @IsIn(SIGNALS)
  signal!: Signal;
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

  @ApiPropertyOptional({
    description:
      'true: running matches of coaches who are suspended or retired, for which nobody else is looked for yet; and the latest match of whoever goes on with neither a coach nor a request for one, which a shortlist opens',
  })
  @IsOptional()
  @IsQueryFlag()
  needsHandover?: boolean;
}
