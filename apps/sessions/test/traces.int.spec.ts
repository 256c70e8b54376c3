import { newId } from '@cairn/event-store';
import { testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { setTimeout as delay } from 'node:timers/promises';
import { definition } from '../src/app.module.js';
import { coachApproved, enrolmentOf, matchOf, person, program } from './told.js';

const MATCHED = '4bf92f3577b34da6a3ce929d0e0e4736';
const BOOKED = '0af7651916cd43dd8448eb211c80319c';
const traceparent = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;

const spans = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
let sessions: TestService;
beforeAll(async () => {
  provider.register();
  const now = new Date('2026-03-02T12:00:00.000Z');
  sessions = await testService(definition, { clock: { now: () => now } });
});
afterAll(async () => {
  await sessions.stop();
  await provider.shutdown();
  trace.disable();
});

const traceOf = (span: ReadableSpan) => span.spanContext().traceId;
const named = (name: string, traceId?: string) =>
  spans
    .getFinishedSpans()
    .filter((span) => span.name === name && (traceId === undefined || traceOf(span) === traceId));
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;
/** Waits until a span of that name is linked to something in the trace. */
async function linked(name: string, traceId: string): Promise<boolean> {
  const is = () => named(name).some(({ links }) => links.some(({ context }) => context.traceId === traceId));
  for (const end = Date.now() + 60_000; !is() && Date.now() < end;) await delay(20);
  return is();
}
/** The event of that kind that sessions has published, waited for. */
async function eventOf(schema: string): Promise<{ traceparent: string; data: Record<string, string> }> {
  const isOf = (event: { dataschema: string }) => event.dataschema.endsWith(`:${schema}`);
  const { body } = await sessions.until(
    () => sessions.call('GET', '/v1/events?limit=1000', { as: { roles: ['integration'] } }),
    (answer) => answer.body.events.some(isOf),
  );
  return body.events.find(isOf);
}

it('of what caused it goes on in the reaction, its append and its event, and then in the relay', async () => {
  const enrolment = enrolmentOf({ programId: newId(), personId: newId() });
  const coachId = newId();
  await sessions.tell(
    program(enrolment.refs.programId),
    person(enrolment.refs.personId),
    coachApproved(coachId),
    enrolment.nominated(),
    enrolment.allotted(6, 6),
    { ...matchOf(enrolment, coachId).coachMatched(), traceparent: traceparent(MATCHED) },
  );
  const planned = await eventOf('EngagementPlanned');
  expect(planned.traceparent).toContain(MATCHED);
  const [reaction] = named('reaction plan-engagement', MATCHED);
  expect(parentOf(reaction)).toBe('00f067aa0ba902b7');
  expect(parentOf(named('append', MATCHED)[0])).toBe(reaction!.spanContext().spanId);
  expect(planned.traceparent).toContain(reaction!.spanContext().spanId);
  expect(await linked('consume sessions.inbox', MATCHED)).toBe(true);
  expect(await linked('relay sessions', MATCHED)).toBe(true);

  const { engagementId } = planned.data;
  const booked = await sessions.until(
    () =>
      sessions.call('POST', `/v1/engagements/${engagementId}/sessions`, {
        as: { roles: ['coachee'], personId: enrolment.refs.personId },
        body: { startsAt: '2026-03-09T10:00', zone: 'Europe/Berlin', durationMinutes: 60 },
        headers: { traceparent: traceparent(BOOKED) },
      }),
    ({ status }) => status === 201,
  );
  expect(booked.headers['trace-id']).toBe(BOOKED);
  const [command] = named('POST /sessions/v1/engagements/:engagementId/sessions', BOOKED).slice(-1);
  expect(parentOf(named('append', BOOKED)[0])).toBe(command!.spanContext().spanId);
  expect((await eventOf('SessionScheduled')).traceparent).toContain(command!.spanContext().spanId);
  expect(await linked('relay sessions', BOOKED)).toBe(true);
});
