import {
  Controller,
  Get,
  Header,
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';
import { flowOf, isReady, registry, serversOf, watchFlow, type HealthChecks } from '@cairn/telemetry';
import { Public } from '@cairn/identity';
import { Answer } from './answer.js';
import { EDGE, type Edge } from './edge.js';

/** Set once the process has been asked to stop: a balancer then sends nothing new. */
@Injectable()
export class Draining {
  active = false;
}

@Public()
@ApiTags('health')
@Controller('health')
export class HealthController implements OnModuleInit, OnApplicationShutdown {
  private readonly checks: HealthChecks;
  private endWatch: (() => void) | undefined;

  constructor(
    @Inject(EDGE) { service, pool, flow, servers }: Edge,
    private readonly draining: Draining,
  ) {
    this.checks = { service, flow, servers, ready: () => pool.query('select 1') };
  }

  onModuleInit(): void {
    this.endWatch = watchFlow(this.checks);
  }

  onApplicationShutdown(): void {
    this.endWatch?.();
  }

  @Get('live')
  @ApiOperation({ summary: 'The process runs', description: 'Touches nothing.' })
  live() {
    return { status: 'alive' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'This process can answer requests',
    description: 'Its own database answers; the bus does not matter.',
  })
  async ready() {
    if (this.draining.active) return new Answer({ status: 'stopping' }, 503);
    return (await isReady(this.checks))
      ? { status: 'ready' }
      : new Answer({ status: 'the database does not answer' }, 503);
  }

  @Get('flow')
  @ApiOperation({
    summary: 'Facts flow',
    description:
      '503 when a relay, reaction, projection or sweeper is stuck; answers to readers go on. It names the servers that the service needs, and says of each whether it answers.',
  })
  async flow() {
    const [flow, servers] = await Promise.all([flowOf(this.checks), serversOf(this.checks)]);
    const said = { ...flow, servers };
    return flow.healthy ? { status: 'flowing', ...said } : new Answer({ status: 'stuck', ...said }, 503);
  }
}

@Public()
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('content-type', registry.contentType)
  metrics(): Promise<string> {
    return registry.metrics();
  }
}
