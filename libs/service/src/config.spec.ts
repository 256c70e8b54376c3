import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, readConfig } from './config.js';

const good = {
  DATABASE_URL: 'postgres://sessions:secret@localhost:5432/sessions',
  KAFKA_BROKERS: 'localhost:9092,localhost:9093',
  OIDC_ISSUER: 'https://login.example.org',
  OIDC_JWKS_URI: 'https://login.example.org/jwks',
  TEXT_KEY: Buffer.alloc(32, 7).toString('base64'),
};
const faultsOf = (env: Record<string, string>) => {
  try {
    readConfig(env, true);
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults;
  }
};

describe('the configuration of a service', () => {
  it('is read from the environment, with defaults', () => {
    expect(readConfig(good, true)).toEqual({
      port: 3000,
      databaseUrl: good.DATABASE_URL,
      eventStore: { kind: 'postgres' },
      bus: {
        kind: 'kafka',
        brokers: ['localhost:9092', 'localhost:9093'],
        partitions: 6,
        createTopics: true,
      },
      identity: { issuer: good.OIDC_ISSUER, audience: 'cairn', keys: new URL(good.OIDC_JWKS_URI) },
      textKey: Buffer.alloc(32, 7),
    });
  });

  it('takes an event store, and says what is wrong with it without its password', () => {
    const EVENTSTOREDB_URL = 'esdb://admin:changeit@localhost:2113?tls=false';
    expect(readConfig({ ...good, EVENT_STORE: 'eventstoredb', EVENTSTOREDB_URL }, true).eventStore).toEqual({
      kind: 'eventstoredb',
      connectionString: EVENTSTOREDB_URL,
    });
    expect(readConfig({ ...good, EVENT_STORE: 'postgres', EVENTSTOREDB_URL }, true).eventStore).toEqual({
      kind: 'postgres',
    });
    expect(faultsOf({ ...good, EVENT_STORE: 'mongo' })).toEqual([
      'EVENT_STORE must be postgres or eventstoredb.',
    ]);
    expect(faultsOf({ ...good, EVENT_STORE: 'eventstoredb' })).toEqual([
      expect.stringContaining('EVENTSTOREDB_URL'),
    ]);
    for (const wrong of ['http://admin:changeit@localhost', 'esdb://admin:changeit@localhost?tsl=false']) {
      const faults = faultsOf({
        ...good,
        EVENT_STORE: 'eventstoredb',
        EVENTSTOREDB_URL: wrong,
        LOG_LEVEL: 'loud',
      });
      expect(faults).toHaveLength(2);
      expect(faults.join()).toContain('EVENTSTOREDB_URL cannot be used');
      expect(faults.join()).not.toContain('changeit');
    }
  });

  it('takes where people open Cairn, without a slash at its end', () => {
    const PUBLIC_URL = 'https://cairn.example.org/coaching/';
    expect(readConfig({ ...good, PUBLIC_URL }, true).publicUrl).toBe('https://cairn.example.org/coaching');
    for (const wrong of ['cairn.example.org', 'ftp://cairn.example.org', 'https://cairn.example.org?x=1'])
      expect(faultsOf({ ...good, PUBLIC_URL: wrong })).toEqual([expect.stringContaining('PUBLIC_URL')]);
  });

  it('takes the PostgreSQL bus where there is no Kafka', () => {
    const { KAFKA_BROKERS: _, ...rest } = good;
    expect(
      readConfig({ ...rest, BUS_DATABASE_URL: 'postgres://bus@localhost/bus', PORT: '8080' }, true),
    ).toMatchObject({
      port: 8080,
      bus: { kind: 'postgres', url: 'postgres://bus@localhost/bus' },
    });
  });

  it('names all faults at once', () => {
    const faults = faultsOf({
      PORT: 'eighty',
      DATABASE_URL: 'mysql://x',
      KAFKA_TOPIC_PARTITIONS: '0',
      TEXT_KEY: 'c2hvcnQ=',
      LOG_LEVEL: 'loud',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(
      expect.arrayContaining([
        'PORT',
        'DATABASE_URL',
        'Set',
        'KAFKA_TOPIC_PARTITIONS',
        'OIDC_ISSUER',
        'TEXT_KEY',
        'LOG_LEVEL',
      ]),
    );
    expect(faults.join()).toContain('KAFKA_BROKERS');
    expect(faults.join()).toContain('OIDC_JWKS_URI');
  });

  it.each(['abc', '0', '65536', '1.5'])('says whole what PORT may be, which %s is not', (PORT) =>
    expect(faultsOf({ ...good, PORT })).toEqual(['PORT must be a whole number from 1 to 65535.']),
  );

  it('judges both buses where both are given', () =>
    expect(faultsOf({ ...good, KAFKA_BROKERS: 'localhost', BUS_DATABASE_URL: 'mysql://x' })).toEqual([
      expect.stringContaining('KAFKA_BROKERS must be'),
      expect.stringContaining('BUS_DATABASE_URL must be'),
    ]));

  it.each(['localhost', 'localhost:0', 'localhost:9092,other:99999', 'kafka://localhost:9092'])(
    'does not take KAFKA_BROKERS=%s',
    (brokers) => expect(faultsOf({ ...good, KAFKA_BROKERS: brokers }).join()).toContain('KAFKA_BROKERS'),
  );

  it('takes how the connections to Kafka are protected, as a whole', () => {
    const sasl = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_USERNAME: 'cairn', KAFKA_PASSWORD: '007' };
    const busOf = (env: Record<string, string>) => readConfig({ ...good, ...env }, true).bus;
    expect(busOf({})).not.toHaveProperty('security');
    expect(busOf({ KAFKA_TLS: 'true' })).toMatchObject({ security: { tls: true } });
    expect(busOf({ KAFKA_TLS: 'true', ...sasl })).toMatchObject({
      security: { tls: true, sasl: { mechanism: 'scram-sha-512', username: 'cairn', password: '007' } },
    });
    expect(faultsOf({ ...good, KAFKA_TLS: 'yes' })).toEqual([expect.stringContaining('KAFKA_TLS')]);
    expect(faultsOf({ ...good, ...sasl, KAFKA_SASL_MECHANISM: 'aws' })).toEqual([
      expect.stringContaining('KAFKA_SASL_MECHANISM must be one of plain'),
    ]);
    expect(faultsOf({ ...good, KAFKA_USERNAME: 'cairn' })).toEqual([
      expect.stringContaining('KAFKA_SASL_MECHANISM must be one of'),
      expect.stringContaining('without KAFKA_PASSWORD'),
    ]);
  });

  it('says where a key set cannot be read', () => {
    expect(faultsOf({ ...good, OIDC_JWKS_FILE: '/nowhere.json' }).join()).toContain('/nowhere.json');
  });
});
