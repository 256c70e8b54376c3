import 'reflect-metadata';
import { checkedConnectionString } from '@cairn/event-store';
import type { KafkaSecurity } from '@cairn/messaging/kafka';
import { plainToInstance } from 'class-transformer';
import {
  IsBase64,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateIf,
  validateSync,
} from 'class-validator';
import type { JSONWebKeySet } from 'jose';
import { readFileSync } from 'node:fs';

export type BusConfig =
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly security?: KafkaSecurity }
  | { readonly kind: 'postgres'; readonly url: string };

export type EventStoreConfig =
  { readonly kind: 'postgres' } | { readonly kind: 'eventstoredb'; readonly connectionString: string };

/** All that a service is told from outside. */
export interface ServiceConfig {
  readonly port: number;
  readonly databaseUrl: string;
  /** Where the logs of event-sourced services are; the others keep theirs in their database whatever it says. */
  readonly eventStore: EventStoreConfig;
  readonly bus: BusConfig & { readonly partitions: number; readonly createTopics: boolean };
  readonly identity: {
    readonly issuer: string;
    readonly audience: string;
    /** The issuer's public keys, or where they are. */
    readonly keys: JSONWebKeySet | URL;
  };
  /** Wraps the key of each person's private text; 32 bytes. Only where a service holds private text. */
  readonly textKey?: Buffer;
  /** Where people open Cairn, without a slash at its end: what links on paper begin with. */
  readonly publicUrl?: string;
}

const POSTGRES = {
  protocols: ['postgres', 'postgresql'],
  require_protocol: true,
  require_tld: false,
  require_host: true,
};

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Whichever part of it fails, the rule is told whole. */
const PORT_RULE = { message: 'PORT must be a whole number from 1 to 65535.' };
const PARTITIONS_RULE = { message: 'KAFKA_TOPIC_PARTITIONS must be a whole number, 1 or more.' };

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

const hasSasl = (env: Environment): boolean =>
  [env.KAFKA_SASL_MECHANISM, env.KAFKA_USERNAME, env.KAFKA_PASSWORD].some((each) => each !== undefined);

class Environment {
  @IsOptional()
  @IsInt(PORT_RULE)
  @Min(1, PORT_RULE)
  @Max(65535, PORT_RULE)
  PORT: number = 3000;

  @IsUrl(POSTGRES, { message: 'DATABASE_URL must be postgres://user:password@host:port/database.' })
  DATABASE_URL!: string;

  @IsOptional()
  @Matches(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, {
    message: 'KAFKA_BROKERS must be host:port, several parted by commas.',
  })
  KAFKA_BROKERS?: string;

  @ValidateIf((env: Environment) => env.KAFKA_BROKERS === undefined || env.BUS_DATABASE_URL !== undefined)
  @IsUrl(POSTGRES, {
    message: ({ value }) =>
      value === undefined
        ? 'Set KAFKA_BROKERS (host:port,…) for Kafka, or BUS_DATABASE_URL (postgres://…) for the PostgreSQL bus.'
        : 'BUS_DATABASE_URL must be postgres://user:password@host:port/database.',
  })
  BUS_DATABASE_URL?: string;

  @IsOptional()
  @IsIn(['true', 'false'], { message: 'KAFKA_TLS must be true or false.' })
  KAFKA_TLS = 'false';

  @ValidateIf(hasSasl)
  @IsIn(SASL_MECHANISMS, { message: `KAFKA_SASL_MECHANISM must be one of ${SASL_MECHANISMS.join(', ')}.` })
  KAFKA_SASL_MECHANISM?: (typeof SASL_MECHANISMS)[number];

  @ValidateIf(hasSasl)
  @IsString({ message: 'KAFKA_SASL_MECHANISM is nothing without KAFKA_USERNAME.' })
  KAFKA_USERNAME?: string;

  @ValidateIf(hasSasl)
  @IsString({ message: 'KAFKA_SASL_MECHANISM is nothing without KAFKA_PASSWORD.' })
  KAFKA_PASSWORD?: string;

  @IsOptional()
  @IsInt(PARTITIONS_RULE)
  @Min(1, PARTITIONS_RULE)
  KAFKA_TOPIC_PARTITIONS: number = 6;

  @IsOptional()
  @IsIn(['true', 'false'], { message: 'KAFKA_CREATE_TOPICS must be true or false.' })
  KAFKA_CREATE_TOPICS = 'true';

  @IsOptional()
  @IsString()
  EVENT_STORE = 'postgres';

  @IsOptional()
  @IsString()
  EVENTSTOREDB_URL?: string;

  @IsString({ message: 'OIDC_ISSUER must be the issuer (iss) of the tokens, usually a URL.' })
  @IsNotEmpty({ message: 'OIDC_ISSUER must be the issuer (iss) of the tokens, usually a URL.' })
  OIDC_ISSUER!: string;

  @IsOptional()
  @IsNotEmpty({ message: 'OIDC_AUDIENCE must not be empty; leave it out for "cairn".' })
  OIDC_AUDIENCE = 'cairn';

  @ValidateIf((env: Environment) => env.OIDC_JWKS_FILE === undefined)
  @IsUrl(
    { protocols: ['http', 'https'], require_tld: false, require_protocol: true },
    {
      message: 'Set OIDC_JWKS_URI (https://…) or OIDC_JWKS_FILE (a path), where the keys of the issuer are.',
    },
  )
  OIDC_JWKS_URI?: string;

  @IsOptional()
  @IsNotEmpty({ message: 'OIDC_JWKS_FILE must be the path of a JSON Web Key Set.' })
  OIDC_JWKS_FILE?: string;

  @IsOptional()
  @IsBase64({}, { message: 'TEXT_KEY must be 32 bytes in base64, for example from: openssl rand -base64 32' })
  TEXT_KEY?: string;

  @IsOptional()
  @IsUrl(
    {
      protocols: ['http', 'https'],
      require_tld: false,
      require_protocol: true,
      allow_query_components: false,
    },
    { message: 'PUBLIC_URL must be where people open Cairn, as https://cairn.example.org.' },
  )
  PUBLIC_URL?: string;

  @IsOptional()
  @IsIn(LOG_LEVELS, { message: `LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.` })
  LOG_LEVEL?: string;
}

/** Every fault of a configuration at once, one line each. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads the environment of a service (docs/reference/configuration.md).
 * @param holdsText whether the service keeps private text and so needs TEXT_KEY
 * @throws ConfigurationError naming all faults
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  holdsText: boolean,
): ServiceConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter(([key, value]) => KEYS.includes(key) && value !== ''),
  );
  const parsed = plainToInstance(Environment, given, {
    enableImplicitConversion: true,
    exposeDefaultValues: true,
  });
  const faults = validateSync(parsed, { stopAtFirstError: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}),
  );

  const badPorts = (parsed.KAFKA_BROKERS ?? '').match(/(?<=:)\d+/g)?.filter((port) => !isPort(Number(port)));
  if (badPorts?.length) faults.push(`KAFKA_BROKERS names ports that there are not: ${badPorts.join(', ')}.`);

  const eventStore = judgedEventStore(parsed);
  if (Array.isArray(eventStore)) faults.push(...eventStore);

  const textKey = parsed.TEXT_KEY === undefined ? undefined : Buffer.from(parsed.TEXT_KEY, 'base64');
  if (holdsText && textKey === undefined)
    faults.push('TEXT_KEY is missing: 32 bytes in base64, for example from: openssl rand -base64 32');
  else if (textKey !== undefined && textKey.length !== 32)
    faults.push(`TEXT_KEY must hold 32 bytes; it holds ${textKey.length}.`);

  let jwks: JSONWebKeySet | undefined;
  if (parsed.OIDC_JWKS_FILE !== undefined) {
    try {
      jwks = JSON.parse(readFileSync(parsed.OIDC_JWKS_FILE, 'utf8')) as JSONWebKeySet;
      if (!Array.isArray(jwks.keys))
        faults.push(`OIDC_JWKS_FILE (${parsed.OIDC_JWKS_FILE}) holds no "keys".`);
    } catch (error) {
      faults.push(`OIDC_JWKS_FILE (${parsed.OIDC_JWKS_FILE}) cannot be read: ${(error as Error).message}`);
    }
  }
  if (faults.length > 0 || Array.isArray(eventStore)) throw new ConfigurationError(faults);

  return {
    port: parsed.PORT,
    databaseUrl: parsed.DATABASE_URL,
    eventStore,
    bus: {
      ...(parsed.KAFKA_BROKERS === undefined
        ? { kind: 'postgres' as const, url: parsed.BUS_DATABASE_URL! }
        : { kind: 'kafka' as const, brokers: parsed.KAFKA_BROKERS.split(','), ...securityIn(parsed) }),
      partitions: parsed.KAFKA_TOPIC_PARTITIONS,
      createTopics: parsed.KAFKA_CREATE_TOPICS === 'true',
    },
    identity: {
      issuer: parsed.OIDC_ISSUER,
      audience: parsed.OIDC_AUDIENCE,
      keys: jwks ?? new URL(parsed.OIDC_JWKS_URI!),
    },
    ...(textKey === undefined ? {} : { textKey }),
    ...(parsed.PUBLIC_URL === undefined ? {} : { publicUrl: parsed.PUBLIC_URL.replace(/\/+$/, '') }),
  };
}

/** How the connections to Kafka are protected, where they are. */
function securityIn(given: Environment): { readonly security?: KafkaSecurity } {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = given;
  const tls = given.KAFKA_TLS === 'true';
  if (mechanism === undefined || username === undefined || password === undefined)
    return tls ? { security: { tls } } : {};
  return { security: { tls, sasl: { mechanism, username, password } } };
}

/** Where EVENT_STORE says that logs are, for who reads no more than that. @throws ConfigurationError */
export function eventStoreIn(env: Readonly<Record<string, string | undefined>>): EventStoreConfig {
  const judged = judgedEventStore({
    EVENT_STORE: env['EVENT_STORE'] || 'postgres',
    EVENTSTOREDB_URL: env['EVENTSTOREDB_URL'],
  });
  if (Array.isArray(judged)) throw new ConfigurationError(judged);
  return judged;
}

function judgedEventStore(given: {
  EVENT_STORE: string;
  EVENTSTOREDB_URL?: string | undefined;
}): EventStoreConfig | string[] {
  const { EVENT_STORE: kind, EVENTSTOREDB_URL: connectionString } = given;
  if (kind === 'postgres') return { kind };
  if (kind !== 'eventstoredb') return ['EVENT_STORE must be postgres or eventstoredb.'];
  if (!connectionString)
    return ['EVENT_STORE is eventstoredb: set EVENTSTOREDB_URL, as esdb://user:password@host:2113.'];
  try {
    checkedConnectionString(connectionString);
    return { kind, connectionString };
  } catch (error) {
    return [`EVENTSTOREDB_URL cannot be used: ${(error as Error).message}.`];
  }
}

const isPort = (port: number): boolean => port >= 1 && port <= 65535;

const KEYS = [
  'PORT',
  'DATABASE_URL',
  'KAFKA_BROKERS',
  'BUS_DATABASE_URL',
  'KAFKA_TLS',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_USERNAME',
  'KAFKA_PASSWORD',
  'KAFKA_TOPIC_PARTITIONS',
  'KAFKA_CREATE_TOPICS',
  'EVENT_STORE',
  'EVENTSTOREDB_URL',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'OIDC_JWKS_URI',
  'OIDC_JWKS_FILE',
  'TEXT_KEY',
  'PUBLIC_URL',
  'LOG_LEVEL',
];
