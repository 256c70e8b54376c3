import { describe, expect, it } from '@jest/globals';
import { RefusedError, type RefusalKind } from '@cairn/decider';
import type { PoolClient } from 'pg';
import { Story } from './conformance/events.js';
import { receivedOf } from './consumer/batch.js';
import { messageOf, understand } from './envelope.js';
import { PermanentFault } from './faults.js';
import {
  react,
  reactionCommandId,
  runReactions,
  type ReactionCommands,
  type ReactionContext,
} from './reactions.js';

const story = new Story('sessions', 2);
const client = { query: async () => undefined } as unknown as PoolClient;

const received = (count: number, replay = false) =>
  story.take(count).map((stored, offset) => {
    const message = { ...messageOf(story.addressed(stored)[0]!, 1), offset };
    const understood = understand(message);
    if (!understood.ok) throw understood.fault;
    return receivedOf(message, understood, replay);
  });

/** The next event, of an allotment that `complete` reacts to. */
const open = () => received(1).map((e) => ({ ...e, data: { ...e.data, total: 1 } }) as typeof e);

const complete = react({
  name: 'complete-enrollment',
  event: 'AllotmentUsed',
  known: async (_, { data }) => ({ open: data.total < 3 }),
  commands: ({ data }, { open }) => (open ? [{ complete: data.enrollmentId }, { note: data.total }] : []),
  settledBy: ['already-completed'],
});
const other = react({
  name: 'other',
  event: 'SessionCompleted',
  known: async () => undefined,
  commands: () => [{ note: -1 }],
});

const given = (send: ReactionCommands<object>['send']): ReactionCommands<object> => ({
  about: (command) => Object.keys(command).join(),
  send,
});

describe('reactions', () => {
  it('send their commands one after the other, under ids that the event alone decides', async () => {
    const events = received(2);
    const run = async () => {
      const sent: [unknown, ReactionContext][] = [];
      await runReactions(
        { client, events },
        [other, complete],
        given(async (command, context) => {
          sent.push([command, context]);
        }),
      );
      return sent;
    };
    const sent = await run();
    expect(sent).toHaveLength(4);
    const { envelope } = events[0]!;
    expect(sent[0]![1]).toMatchObject({
      commandId: reactionCommandId('complete-enrollment', envelope.id, 'complete'),
      tenantId: envelope.tenantid,
      occurredAt: envelope.time,
      correlationId: envelope.correlationid,
      causationId: envelope.id,
      actor: { subject: 'reaction:complete-enrollment', role: 'system' },
    });
    expect(new Set(sent.map(([, { commandId }]) => commandId)).size).toBe(4);
    expect((await run()).map(([, { commandId }]) => commandId)).toEqual(
      sent.map(([, { commandId }]) => commandId),
    );
  });

  it('have the same ids when the event comes again, whatever has been carried out by then', async () => {
    const [event] = received(1);
    const done = new Set<string>();
    const each = react({
      name: 'close',
      event: 'AllotmentUsed',
      known: async () => ['first', 'second'].filter((one) => !done.has(one)),
      commands: (_, open) => open.map((one) => ({ [one]: true })),
    });
    const ids = new Map<string, string>();
    const run = (fails: boolean) =>
      runReactions(
        { client, events: [event!] },
        [each],
        given(async (command, { commandId }) => {
          const [one] = Object.keys(command) as [string];
          if (fails && one === 'second') throw new Error('away');
          done.add(one);
          ids.set(one, commandId);
        }),
      );
    await expect(run(true)).rejects.toThrow('away');
    await run(false);
    expect(ids.get('second')).toBe(reactionCommandId('close', event!.envelope.id, 'second'));
    expect(ids.get('first')).not.toBe(ids.get('second'));
  });

  it('are heard of on the batch’s own connection before each command, however long they take together', async () => {
    const said: string[] = [];
    const spoken = { query: async () => said.push('query') } as unknown as PoolClient;
    await runReactions(
      { client: spoken, events: open() },
      [complete],
      given(async () => said.push('command')),
    );
    expect(said).toEqual(['query', 'command', 'query', 'command']);
  });

  it('do not run for what comes again after a reset', async () => {
    const events = received(2, true);
    await runReactions(
      { client, events },
      [complete],
      given(() => Promise.reject(new Error('sent'))),
    );
  });

  const refuse = (kind: RefusalKind, slug: string) =>
    runReactions(
      { client, events: open() },
      [complete],
      given(() => Promise.reject(new RefusedError({ kind, slug, detail: 'no' }))),
    );

  it('take a refusal that they expect as settled', () =>
    expect(refuse('conflict', 'already-completed')).resolves.toBeUndefined());
  it('wait for what is not known yet', () =>
    expect(refuse('not-yet-known', 'x')).rejects.toBeInstanceOf(RefusedError));
  it('make any other refusal a dead letter', async () => {
    await expect(refuse('conflict', 'surprise')).rejects.toThrow(PermanentFault);
    await expect(refuse('conflict', 'surprise')).rejects.toMatchObject({
      reason: 'reaction-refused: surprise',
    });
  });
});
