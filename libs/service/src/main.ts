import { listen } from '@cairn/http';
import { loggerOf } from '@cairn/telemetry';
import { ConfigurationError, readConfig } from './config.js';
import type { ServiceDefinition } from './definition.js';
import { startService } from './start.js';

/** How long a balancer is given to notice that this process stops. */
const DRAIN_SECONDS = 5;

/** The whole of a service's `main.ts`: configuration from the environment, one port, until SIGTERM. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  try {
    const config = readConfig(process.env, definition.holdsText);
    const service = await startService(definition, config);
    await listen(service.app, { service: definition.name, port: config.port }, () =>
      service.stop(DRAIN_SECONDS),
    );
  } catch (error) {
    if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
    else loggerOf(definition.name).fatal({ err: error }, 'could not start');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 1000).unref();
  }
}
