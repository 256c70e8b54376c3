import { IsId, IsNested, IsText, IsWholeNumber } from '@cairn/http';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional } from 'class-validator';
import { SCALE } from '../questions.js';

export class NamePulseRaterDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'a colleague of the directory; left out for somebody from outside',
  })
  @IsOptional()
  @IsId()
  personId?: string;
}

export class PulseLinkDto {
  @ApiProperty({ description: 'what stands behind the # of the link' })
  @IsText(200)
  token!: string;
}

export class PulseThemeAnswerDto {
  @ApiProperty({ example: 'giving-feedback' })
  @IsText(120)
  theme!: string;

  @ApiProperty({
    type: [Number],
    example: [5],
    description: `one for each item, in their order: ${SCALE.from} to ${SCALE.to}`,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @IsWholeNumber(SCALE.from, SCALE.to, { each: true })
  values!: number[];
}

export class PulseAnswersDto extends PulseLinkDto {
  @ApiProperty({ type: [PulseThemeAnswerDto], description: 'each theme once, every item answered' })
  @IsArray()
  @ArrayMaxSize(50)
  @IsNested(() => PulseThemeAnswerDto, { each: true })
  answers!: PulseThemeAnswerDto[];
}
