import { Public } from '@cairn/identity';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answering } from '../answering.js';
import { AnswersDto, LinkDto } from './assessment.dto.js';

/** What a rater's link leads to. The token is the whole right to answer, so it stands in the body, which nobody logs. */
@ApiTags('assessments')
@Public()
@Controller('v1/answers')
export class AnswersController {
  constructor(private readonly answering: Answering) {}

  @Post('open')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Read the questions that a link leads to, and whether the answers are anonymous',
    description: 'Needs no token but the link’s. Every link that leads nowhere is answered alike: 404.',
  })
  open(@Body() { token }: LinkDto) {
    return this.answering.open(token);
  }

  @Post()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Answer them, once',
    description:
      'Needs no token but the link’s. Whoever sends it again, not knowing whether it arrived, is told 409 already-answered.',
  })
  answer(@Body() { token, answers }: AnswersDto): Promise<void> {
    return this.answering.answer(token, answers);
  }
}
