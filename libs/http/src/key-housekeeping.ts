import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { loggerOf } from '@cairn/telemetry';
import { CommandKeys } from './command-keys.js';
import { EDGE, type Edge } from './edge.js';

const HOUR = 3_600_000;

/** Forgets old command keys, hourly. Any replica may do it; one that fails is made up for by the next. */
@Injectable()
export class KeyHousekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(EDGE) private readonly edge: Edge,
    private readonly keys: CommandKeys,
  ) {}

  onApplicationBootstrap(): void {
    const log = loggerOf(this.edge.service, 'commands');
    this.timer = setInterval(() => {
      this.keys
        .forgetOld()
        .catch((error: unknown) => log.warn({ err: error }, 'old command keys could not be forgotten'));
    }, HOUR).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}
