import { Public } from '@cairn/identity';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answering } from '../answering.js';
import { NOTICE, QUESTIONS, SCALE } from '../questions.js';
import { PulseAnswersDto, PulseLinkDto } from './pulse.dto.js';

/** What a rater's link leads to. The token is the whole right to answer, so it stands in the body, which nobody logs. */
@ApiTags('pulses')
@Public()
@Controller('v1/answers')
export class PulseAnswersController {
  constructor(private readonly answering: Answering) {}

  @Post('open')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Read what a link asks',
    description: 'Needs no token but the link’s. Every link that leads nowhere is answered alike: 404.',
  })
  async open(@Body() { token }: PulseLinkDto) {
    const questions = await this.answering.open(token);
    return {
      anonymous: true,
      notice: NOTICE,
      scale: SCALE,
      themes: questions.map(({ heading, items }) => ({
        theme: heading,
        items: items.map((item) => QUESTIONS[item]),
      })),
    };
  }

  @Post()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Answer it, once',
    description:
      'Needs no token but the link’s. Whoever sends it again, not knowing whether it arrived, is answered alike, and the first answer stays.',
  })
  answer(@Body() { token, answers }: PulseAnswersDto): Promise<void> {
    return this.answering.answer(token, answers);
  }
}
