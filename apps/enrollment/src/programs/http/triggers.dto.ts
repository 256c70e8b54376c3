import { RefusedError, type Refusal } from '@cairn/decider';
import { IsCode, IsId, IsNested } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsBoolean, IsIn, IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';
import { triggersUnusable } from '../program.errors.js';
import { TRIGGER_KINDS, type Trigger, type TriggerKind } from '../triggers.js';
import { ConditionDto, conditionOf } from './eligibility.dto.js';

export class TriggerDto {
  @ApiProperty({ example: 'new-managers' })
  @IsCode()
  code!: string;

  @ApiProperty({ enum: TRIGGER_KINDS, example: 'promoted-to-manager' })
  @IsIn(TRIGGER_KINDS)
  kind!: TriggerKind;

  @ApiPropertyOptional({ description: 'not of a baseline-gap; 90 unless given' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(366)
  withinDays?: number;

  @ApiPropertyOptional({
    description:
      'of promoted-to-manager: whoever is promoted is nominated into `cohortId` and invited at once',
  })
  @IsOptional()
  @IsBoolean()
  automatic?: boolean;

  @ApiPropertyOptional({ format: 'uuid', description: 'needed where it is automatic' })
  @IsOptional()
  @IsId()
  cohortId?: string;

  @ApiPropertyOptional({
    description: 'of manager-growth: people managers more than there were; 10 unless given',
  })
  @IsOptional()
  @IsNumber()
  @Min(1)
  @Max(1000)
  growthPercent?: number;

  @ApiPropertyOptional({ type: [ConditionDto], description: 'of a baseline-gap: all must hold' })
  @IsOptional()
  @ArrayMaxSize(20)
  @IsNested(() => ConditionDto, { each: true })
  conditions?: ConditionDto[];
}

export class TriggersDto {
  @ApiProperty({ type: [TriggerDto] })
  @ArrayMaxSize(20)
  @IsNested(() => TriggerDto, { each: true })
  triggers!: TriggerDto[];
}

/** What only triggers of some kinds have. */
const MEMBERS: Record<TriggerKind, readonly (keyof TriggerDto)[]> = {
  'promoted-to-manager': ['withinDays', 'automatic', 'cohortId'],
  'manager-growth': ['withinDays', 'growthPercent'],
  'baseline-gap': ['conditions'],
};

function strangersIn({ triggers }: TriggersDto): NonNullable<Refusal['errors']> {
  return triggers.flatMap((trigger, t) =>
    [...new Set(Object.values(MEMBERS).flat())]
      .filter((name) => trigger[name] !== undefined && !MEMBERS[trigger.kind].includes(name))
      .map((name) => ({
        pointer: `/triggers/${t}/${name}`,
        detail:
          name === 'automatic'
            ? `promoted-to-manager alone nominates by itself: leave it out, and confirm what ${trigger.kind} proposes`
            : `${trigger.kind} does not have it: leave it out`,
      })),
  );
}

/** The triggers as plain JSON. @throws RefusedError where one says what its kind does not have */
export function triggersOf(body: TriggersDto): Trigger[] {
  const strangers = strangersIn(body);
  if (strangers.length > 0) throw new RefusedError(triggersUnusable(strangers));
  return body.triggers.map(triggerOf);
}

function triggerOf(given: TriggerDto): Trigger {
  const {
    code,
    kind,
    withinDays = 90,
    automatic = false,
    cohortId,
    growthPercent = 10,
    conditions = [],
  } = given;
  switch (kind) {
    case 'promoted-to-manager':
      return { code, kind, withinDays, automaticInto: automatic ? (cohortId ?? '') : null };
    case 'manager-growth':
      return { code, kind, withinDays, growthPercent };
    case 'baseline-gap':
      return { code, kind, conditions: conditions.map(conditionOf) };
  }
}

export class ConfirmProposalDto {
  @ApiProperty({ format: 'uuid', description: 'the cohort into which the person is nominated' })
  @IsId()
  cohortId!: string;
}
