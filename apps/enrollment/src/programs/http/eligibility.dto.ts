import { IsCalendarDate, PageQuery } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  Matches,
  IsObject,
  ValidateNested,
} from 'class-validator';
import { ATTRIBUTES, type Attribute, type Condition, type EligibilityRule } from '../eligibility.js';

export class ConditionDto implements Condition {
  @ApiProperty({ enum: Object.keys(ATTRIBUTES), example: 'baselineLeft' })
  @IsIn(Object.keys(ATTRIBUTES))
  attribute!: Attribute;

  @ApiProperty({
    enum: ['equal', 'not-equal', 'one-of', 'at-least', 'at-most', 'present', 'absent'],
    example: 'at-least',
  })
  @IsIn(['equal', 'not-equal', 'one-of', 'at-least', 'at-most', 'present', 'absent'])
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
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, { message: 'code must be in kebab-case, as leads-a-team' })
  code!: string;

  @ApiProperty({ type: [ConditionDto], description: 'the rule holds when any of these does' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ConditionDto)
  any!: ConditionDto[];
}

export class EligibilityRulesDto {
  @ApiProperty({ type: [RuleDto], description: 'all must hold' })
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RuleDto)
  rules!: RuleDto[];
}

/** The rules as plain JSON. */
export const rulesOf = ({ rules }: EligibilityRulesDto): EligibilityRule[] =>
  rules.map(({ code, any }) => ({
    code,
    any: any.map(({ attribute, is, value }) => ({
      attribute,
      is,
      ...(value === undefined || value === null ? {} : { value }),
    })),
  }));

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
