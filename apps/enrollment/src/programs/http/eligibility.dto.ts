import { IsCalendarDate, IsCode, IsNested, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional } from 'class-validator';
import {
  ATTRIBUTES,
  COMPARISONS,
  type Attribute,
  type Condition,
  type EligibilityRule,
} from '../eligibility.js';

export class ConditionDto implements Condition {
  @ApiProperty({ enum: Object.keys(ATTRIBUTES), example: 'baselineLeft' })
  @IsIn(Object.keys(ATTRIBUTES))
  attribute!: Attribute;

  @ApiProperty({ enum: COMPARISONS, example: 'at-least' })
  @IsIn(COMPARISONS)
  is!: Condition['is'];

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'array', items: {} }],
    example: 3,
  })
  @IsOptional()
  value?: string | number | boolean | (string | number)[];
}

export class RuleDto {
  @ApiProperty({ example: 'leads-a-team' })
  @IsCode()
  code!: string;

  @ApiProperty({ type: [ConditionDto], description: 'the rule holds when any of these does' })
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsNested(() => ConditionDto, { each: true })
  any!: ConditionDto[];
}

export class EligibilityRulesDto {
  @ApiProperty({ type: [RuleDto], description: 'all must hold' })
  @ArrayMaxSize(50)
  @IsNested(() => RuleDto, { each: true })
  rules!: RuleDto[];
}

/** The rules as plain JSON. */
export const rulesOf = ({ rules }: EligibilityRulesDto): EligibilityRule[] =>
  rules.map(({ code, any }) => ({
    code,
    any: any.map(conditionOf),
  }));

export const conditionOf = ({ attribute, is, value }: ConditionDto): Condition => ({
  attribute,
  is,
  ...(value === undefined || value === null ? {} : { value }),
});

export class EligibilityQuery extends PageQuery {
  @ApiPropertyOptional({ example: '2019-02-28', description: 'today in the programme’s zone unless given' })
  @IsOptional()
  @IsCalendarDate()
  asOf?: string;
}

export class EvaluateDto {
  @ApiProperty({ example: '2019-02-28', description: 'the day as of which everybody is looked at' })
  @IsCalendarDate()
  asOf!: string;
}
