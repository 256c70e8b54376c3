import { describe, expect, it } from '@jest/globals';
import { contracts, goldenOf } from '@cairn/contracts';
import { publishAll, Story } from './conformance/events.js';
import { envelopesOf, messageOf, publishable, understand } from './envelope.js';
import { PermanentFault } from './faults.js';

const story = new Story('sessions', 1);
const source = { service: 'sessions', generation: 7, publish: publishAll };

describe('an envelope', () => {
  const stored = story.take(1)[0]!;

  it('is the same whenever the event is sent again', () => {
    expect(envelopesOf(source, stored)).toEqual(envelopesOf(source, stored));
  });

  it('says who, when, what, and where in the log', () => {
    const [{ topic, sensitive, envelope }] = envelopesOf(source, stored) as [
      ReturnType<typeof envelopesOf>[0],
    ];
    expect({ topic, sensitive }).toEqual({ topic: 'cairn.sessions.v1', sensitive: false });
    expect(envelope).toMatchObject({
      source: '/cairn/sessions',
      subject: stored.stream,
      time: stored.occurredAt,
      recordedtime: stored.recordedAt,
      tenantid: stored.metadata.tenantId,
      causationid: stored.metadata.commandId,
      log: '7',
      logposition: stored.position,
      logindex: 0,
      dataschema: 'urn:cairn:schema:sessions:v1:AllotmentUsed',
    });
  });

  it('names the cause of the event and the trace it belongs to, where the log does', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const metadata = { ...stored.metadata, causationId: stored.id, traceparent };
    const [{ envelope }] = envelopesOf(source, { ...stored, metadata }) as [
      ReturnType<typeof envelopesOf>[0],
    ];
    expect(envelope).toMatchObject({ causationid: stored.id, traceparent });
    expect(envelopesOf(source, stored)[0]!.envelope).not.toHaveProperty('traceparent');
  });

  it('has an id of its own for each event made of one stored event', () => {
    const twice = envelopesOf(
      { ...source, publish: (event) => [...publishAll(event), ...publishAll(event)] },
      stored,
    );
    expect(new Set(twice.map(({ envelope }) => envelope.id)).size).toBe(2);
    expect(twice.map(({ envelope }) => envelope.logindex)).toEqual([0, 1]);
  });

  it('is none of an event that its release does not know, which is said', () => {
    const publish = () => undefined as unknown as [];
    expect(() => envelopesOf({ ...source, publish }, stored)).toThrow(
      `${stored.type} in stream ${stored.stream} at version 1 is not known to this release of sessions`,
    );
  });

  it.each([
    ['a field too many', { ...stored.data, extra: 1 }],
    ['a field too few', { total: 1 }],
  ])('is refused for %s', (_, data) => {
    expect(() => envelopesOf(source, { ...stored, data })).toThrow(PermanentFault);
  });
});

describe('what may enter a log that is to be published', () => {
  const stored = story.take(1)[0]!;
  const admit = publishable('sessions', publishAll);

  it('is what keeps its contract', () => {
    expect(() => admit(stored.stream, 1, stored)).not.toThrow();
  });

  it.each([
    ['breaks its contract', { ...stored, data: { ...stored.data, total: null } }],
    ['no contract names', { ...stored, type: 'SessionDreamt' }],
    ['belongs to no tenant', { ...stored, metadata: { ...stored.metadata, tenantId: '' } }],
    ['happened at no time', { ...stored, occurredAt: 'yesterday' }],
  ])('not what %s', (_, event) => {
    expect(() => admit(stored.stream, 1, event)).toThrow(PermanentFault);
  });
});

describe('what a consumer understands', () => {
  it.each([...contracts.values()])('$name, as published', (contract) => {
    const envelope = goldenOf(contract);
    const message = messageOf({ topic: 't', sensitive: false, envelope }, 6);
    expect(Object.keys(message.headers)).toEqual(['content-type', 'ce_type', 'tenantid']);
    const understood = understand(message);
    expect(understood).toMatchObject({ ok: true, event: { name: contract.name, data: envelope.data } });
  });

  const bytesOf = (edit: (text: string) => string) =>
    Buffer.from(edit(JSON.stringify(goldenOf(contracts.get('SessionCompleted')!))));
  const nested = (levels: number) => '[{"x":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);

  it.each([
    ['nested too deep', (text: string) => text.replace('"data":{', `"data":{"x":${nested(64)},`)],
    ['nested deep enough for any stack', (text: string) => text.replace('{', `{"x":${nested(200_000)},`)],
    ['with half of a character', (text: string) => text.replace('"data":{', '"data":{"x":["\\ud83d"],')],
    ['with NUL in the name of a member', (text: string) => text.replace('"data":{', '"data":{"\\u0000":1,')],
    ['of a source too long', (text: string) => text.replace('"/cairn/', `"/${'x'.repeat(250)}`)],
  ])('nothing %s', (_, edit) => {
    const understood = understand({ key: 'any', value: bytesOf(edit) });
    expect(understood).toMatchObject({ ok: false, fault: { reason: 'not-an-event' } });
    expect(understood).not.toHaveProperty('mark');
  });

  it('what is nested, and later added, as deep as can be kept', () => {
    const value = bytesOf((text) => text.replace('"data":{', `"data":{"x":${nested(62)},`));
    const { subject } = goldenOf(contracts.get('SessionCompleted')!);
    expect(understand({ key: subject, value })).toMatchObject({ ok: true });
  });

  it('keeps the mark of what it cannot handle, but not of what no relay has sent', () => {
    const [event] = [...contracts.values()];
    const envelope = { ...goldenOf(event!), type: 'cairn.sessions.session-dreamt.v1' };
    const message = messageOf({ topic: 't', sensitive: false, envelope }, 6);
    expect(understand(message)).toMatchObject({ ok: false, mark: { position: envelope.logposition } });
    expect(understand({ ...message, key: 'another' })).toMatchObject({
      ok: false,
      fault: { reason: 'wrong-key' },
    });
    expect(understand({ ...message, key: 'another' })).not.toHaveProperty('mark');
  });
});
