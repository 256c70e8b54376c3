import { RefusedError } from '@cairn/decider';
import { derivedId, WrongExpectedVersion } from '@cairn/event-store';
import { loggerOf } from '@cairn/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { Transactions, withCommandId, type CommandIdentity, type Transaction } from '../transact.js';
import { applyChanges } from './apply-part.js';
import { listImports, type ImportPlace, type ListedImport } from './import.list.js';
import {
  findImport,
  nextPart,
  outcomesOf,
  takePart,
  type ImportRow,
  type OutcomeCounts,
} from './import.rows.js';
import { importOutdated, noSuchImport, notHeld, snapshotTooOld, unreadableFile } from './people.errors.js';
import { prepare } from './prepare-apart.js';
import type { ImportRequest } from './prepare.js';

/** Keeps the command's answer in the transaction that finishes the import. */
type Keep = (client: PoolClient, done: ImportRow) => Promise<void>;

/** Plans that others may overtake before the command gives up. */
const PLANS = 8;

/**
 * Imports of people. A file is read, planned and the plan kept; then the plan is applied in parts, each with its events in
 * one transaction. It holds only for the directory that it was made against, so that imports of a tenant follow one
 * another; one that broke off is finished by whoever comes next, and at the latest when a process of the service starts.
 */
@Injectable()
export class PeopleImport implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private finishing: Promise<void> | undefined;

  constructor(private readonly transactions: Transactions) {}

  onApplicationBootstrap(): void {
    this.finishing = this.finishBrokenOff().catch((err: unknown) => {
      if (!this.stopping.signal.aborted)
        loggerOf('enrollment', 'imports').error({ err }, 'an import that broke off could not be finished');
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.finishing;
  }

  /** @throws RefusedError where the file as a whole cannot be used */
  async run(
    identity: CommandIdentity,
    asked: Omit<ImportRequest, 'importId' | 'tenantId' | 'now'>,
    bytes: AsyncIterable<Uint8Array>,
    keep: Keep,
  ): Promise<ImportRow> {
    const { tenantId, now, commandId } = identity;
    const importId = derivedId(commandId, 'import');
    const preparation = await prepare(
      bytes,
      { ...asked, importId, tenantId, now },
      this.transactions.dataSource,
    );
    try {
      if (preparation.unread) throw unreadableFile(preparation.unread);
      for (let left = PLANS; left > 0; left--) {
        // Sent again after it had broken off: what was planned then is gone on with.
        const before = await findImport(this.reader, tenantId, importId);
        if (before !== null && before.status !== 'planned') {
          return before.status === 'applying'
            ? await this.apply(identity, importId, 'applying', keep)
            : before;
        }
        const planned = await preparation.plan();
        if (planned.is === 'refused') throw snapshotTooOld(planned.problem);
        if (planned.is === 'waiting') await this.finish(tenantId, planned.applying);
        else if (planned.status !== 'planned') return (await findImport(this.reader, tenantId, importId))!;
        else {
          const done = await this.apply(identity, importId, 'planned', keep).catch((error: unknown) => {
            if (error instanceof Overtaken) return undefined;
            throw error;
          });
          if (done) return done;
        }
        await delay(Math.random() * 50);
      }
      throw new WrongExpectedVersion(`people of ${tenantId}`, 0, 0);
    } finally {
      await preparation.close();
    }
  }

  /** Applies a held import. @throws RefusedError where it is not held, or the directory has changed since */
  async confirm(identity: CommandIdentity, importId: string, keep: Keep): Promise<ImportRow> {
    const { tenantId } = identity;
    const found = await findImport(this.reader, tenantId, importId);
    if (found === null) throw new RefusedError(noSuchImport());
    // Confirmed by this very command before.
    const mine = (found.giver as CommandIdentity | null)?.commandId === identity.commandId;
    if (found.status === 'applied' && mine) return found;
    if (found.status !== 'held' && !(found.status === 'applying' && mine))
      throw new RefusedError(notHeld(found.status));
    try {
      return await this.apply(identity, importId, found.status, keep);
    } catch (error) {
      if (error instanceof Overtaken) throw new RefusedError(importOutdated());
      throw error;
    }
  }

  /** What became of the rows of these employees, by import. */
  outcomesOf(
    importIds: readonly string[],
    employeeIds: ReadonlySet<string>,
    client: Pick<PoolClient, 'query'> = this.reader,
  ): Promise<ReadonlyMap<string, OutcomeCounts>> {
    return outcomesOf(client, importIds, employeeIds);
  }

  find(tenantId: string, importId: string): Promise<ImportRow | null> {
    return findImport(this.reader, tenantId, importId);
  }

  /** The tenant's imports, the newest first. */
  list(tenantId: string, after: ImportPlace | undefined, limit: number): Promise<ListedImport[]> {
    return listImports(this.reader, tenantId, after, limit);
  }

  /** Another process may be at the same one: each part is applied once, whoever does it. */
  private async finishBrokenOff(): Promise<void> {
    const { rows } = await this.reader.query<{ tenant_id: string; applying: string }>(
      'SELECT tenant_id, applying FROM people_directories WHERE applying IS NOT NULL',
      [],
    );
    for (const { tenant_id, applying } of rows) await this.finish(tenant_id, applying, this.stopping.signal);
  }

  /** Goes on with an import that somebody may have left half done, to its end. */
  async finish(tenantId: string, importId: string, signal?: AbortSignal): Promise<void> {
    const found = await findImport(this.reader, tenantId, importId);
    if (found?.status === 'applying')
      await this.apply(found.giver as CommandIdentity, importId, 'applying', async () => undefined, signal);
  }

  /** Applies part after part. @throws Overtaken where the directory is no longer the one of the plan */
  private async apply(
    identity: CommandIdentity,
    importId: string,
    from: 'planned' | 'held' | 'applying',
    keep: Keep,
    signal?: AbortSignal,
  ): Promise<ImportRow> {
    for (let state = from; ; state = 'applying') {
      signal?.throwIfAborted();
      const next = await nextPart(this.reader, importId);
      // Each part is a command of its own, so that its events have ids of their own.
      const part = withCommandId(identity, derivedId(identity.commandId, `part:${next}`));
      const done = await this.transactions
        .run(part, (tx) => applyNext(tx, { giver: identity, importId, from: state, next }, keep))
        .catch((error: unknown) => {
          if (error instanceof PartTaken) return undefined;
          throw error;
        });
      if (done) return done;
    }
  }

  private get reader(): Pick<PoolClient, 'query'> {
    const { dataSource } = this.transactions;
    const query = async (text: string, values: unknown[]) => ({ rows: await dataSource.query(text, values) });
    return { query } as unknown as Pick<PoolClient, 'query'>;
  }
}

/** Another import was applied since the plan was made. */
class Overtaken extends Error {}

/** Somebody else who finishes the same import was first. */
class PartTaken extends Error {}

interface Step {
  readonly giver: CommandIdentity;
  readonly importId: string;
  readonly from: 'planned' | 'held' | 'applying';
  readonly next: number | null;
}

/** One part; the import itself once none is left. */
async function applyNext(
  tx: Transaction,
  { giver, importId, from, next }: Step,
  keep: Keep,
): Promise<ImportRow | undefined> {
  const { client } = tx;
  const { tenantId, now } = giver;
  await client.query(
    'INSERT INTO people_directories (tenant_id, version) VALUES ($1, 0) ON CONFLICT (tenant_id) DO NOTHING',
    [tenantId],
  );
  const { rows } = await client.query<{ version: number; applying: string | null; last: string | null }>(
    'SELECT version, applying, last_snapshot_on::text AS last FROM people_directories WHERE tenant_id = $1 FOR UPDATE',
    [tenantId],
  );
  const directory = rows[0]!;
  const found = await findImport(client, tenantId, importId, 'FOR UPDATE');
  if (found === null) throw new Overtaken();
  // Two may confirm at once: whoever comes second is told so, however far the first has come.
  const mine = (found.giver as CommandIdentity | null)?.commandId === giver.commandId;
  if (from === 'held' && found.status !== 'held' && !mine) throw new RefusedError(notHeld(found.status));
  if (found.status === 'applied' || found.status === 'nothing-changed') return found;
  const { report } = found;
  if (directory.applying !== importId) {
    const changed = directory.version !== found.directoryVersion;
    // A newer file overtakes also where it changed nothing: it has the last word on those of this one.
    const older = directory.last !== null && report.snapshotDate < directory.last;
    if (directory.applying !== null || changed || older || found.status !== from) throw new Overtaken();
    await client.query('UPDATE people_directories SET applying = $2 WHERE tenant_id = $1', [
      tenantId,
      importId,
    ]);
    await client.query(`UPDATE people_imports SET status = 'applying', giver = $2 WHERE import_id = $1`, [
      importId,
      JSON.stringify(withCommandId(giver, giver.commandId)),
    ]);
  }
  const part = await takePart(client, importId);
  if ((part?.part ?? null) !== next) throw new PartTaken();
  if (part) await applyChanges(tx, part.changes);
  if (part && part.left > 0) return undefined;

  const status = report.planned === 'nothing-changed' ? 'nothing-changed' : 'applied';
  await client.query('UPDATE people_imports SET status = $2, applied_at = $3 WHERE import_id = $1', [
    importId,
    status,
    now,
  ]);
  const applied = status === 'applied';
  // A file of which nothing stood has not begun a directory.
  const begun = applied || directory.version > 0;
  await client.query(
    `UPDATE people_directories SET applying = NULL, version = version + $2,
        last_snapshot_on = CASE WHEN $3 THEN $4::date ELSE last_snapshot_on END WHERE tenant_id = $1`,
    [tenantId, applied ? 1 : 0, begun, report.snapshotDate],
  );
  const done = { ...found, status } as const;
  await keep(client, done);
  return done;
}
