import { IsInstant, NotBefore } from '@cairn/http';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';

export class CalendarQuery {
  @ApiPropertyOptional({ example: '2026-03-01T00:00:00Z', description: 'starting at or after' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ example: '2026-09-01T00:00:00Z', description: 'starting before' })
  @IsOptional()
  @IsInstant()
  @NotBefore('from')
  to?: string;
}
