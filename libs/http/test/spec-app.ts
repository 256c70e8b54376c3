import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { developmentIssuer, verifier, type Role, type Subject } from '@cairn/identity';
import { testDatabase } from '@cairn/testing';
import { CommandKeys } from '../src/command-keys.js';
import { createHttpApp } from '../src/app.js';
import type { EdgeOptions } from '../src/edge.js';

export const TENANT = '0190a1b2-0000-7000-8000-00000000000a';
export const PERSON = '0190a1b2-0000-7000-8000-00000000000b';

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | undefined>;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Record<string, unknown>;
}

export interface Sent {
  readonly as?: Role | 'nobody';
  readonly subject?: Partial<Subject>;
  readonly headers?: Record<string, string | string[]>;
  /** An object is sent as JSON; a text or bytes as they are. */
  readonly body?: unknown;
}

export interface SpecApp {
  readonly app: NestFastifyApplication;
  readonly pool: Pool;
  readonly databaseUrl: string;
  token(role: Role, subject?: Partial<Subject>): Promise<string>;
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, sent?: Sent): Promise<Reply>;
  close(): Promise<void>;
}

/** A service `spec` of these controllers, over a real database and real tokens. */
export async function specApp(controllers: Type[], options: Partial<EdgeOptions> = {}): Promise<SpecApp> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-http-spec-'));
  const issuer = await developmentIssuer(directory, { issuer: 'https://issuer.example' });
  const database = await testDatabase();
  await CommandKeys.migrate(database.pool);

  @Module({ controllers })
  class SpecModule {}

  const app = await createHttpApp(SpecModule, {
    service: 'spec',
    title: 'Spec',
    description: 'For specs.',
    pool: database.pool,
    verifier: verifier({ issuer: issuer.issuer, audience: issuer.audience, keys: issuer.jwks }),
    ...options,
  });
  const tokens = new Map<string, Promise<string>>();
  const token = (role: Role, subject: Partial<Subject> = {}) => {
    const id = JSON.stringify([role, subject]);
    const known =
      tokens.get(id) ?? issuer.sign({ tenantId: TENANT, subject: `user:${role}`, roles: [role], ...subject });
    tokens.set(id, known);
    return known;
  };

  return {
    app,
    pool: database.pool,
    databaseUrl: database.url,
    token,
    async send(method, path, { as = 'hr', subject, headers = {}, body } = {}) {
      const json = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
      const response = await app.inject({
        method,
        url: `/spec${path}`,
        headers: {
          ...(as === 'nobody' ? {} : { authorization: `Bearer ${await token(as, subject)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: json ? JSON.stringify(body) : (body as string | Buffer) }),
      });
      return {
        status: response.statusCode,
        headers: response.headers as Record<string, string | undefined>,
        text: response.body,
        get body() {
          return JSON.parse(response.body) as Record<string, unknown>;
        },
      };
    },
    async close() {
      await app.close();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}
