import { afterEach, describe, expect, it } from '@jest/globals';
import { trace as otel, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import { formatTraceparent, inSpan, newTrace, parseTraceparent, traceOf } from './trace.js';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a traceparent', () => {
  it('is read and written back as it came', () => {
    expect(formatTraceparent(parseTraceparent(GIVEN)!)).toBe(GIVEN);
    expect(parseTraceparent(GIVEN.replace(/01$/, '00'))!.sampled).toBe(false);
  });

  it.each([
    undefined,
    '',
    'x',
    GIVEN.toUpperCase(),
    GIVEN.replace(/^00/, 'ff'),
    `${GIVEN}-more`,
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  ])('is not taken from %p', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('of a later version may carry more fields', () => {
    expect(parseTraceparent(`${GIVEN.replace(/^00/, '01')}-more`)).toBeDefined();
  });
});

describe('the trace of a request', () => {
  it('goes on in the trace of its caller, with a span of its own, and stays the same', () => {
    const request = { headers: { traceparent: GIVEN } };
    const trace = traceOf(request);
    expect(trace.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(trace.spanId).not.toBe('00f067aa0ba902b7');
    expect(traceOf(request)).toBe(trace);
  });

  it('begins anew where the caller has none', () => {
    expect(traceOf({ headers: {} }).traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceOf({ headers: {} }).traceId).not.toBe(traceOf({ headers: {} }).traceId);
  });
});

describe('a span', () => {
  afterEach(() => otel.disable());

  it('keeps the trace id without any SDK', async () => {
    const seen = await inSpan('spec', GIVEN, {}, async (traceparent) => parseTraceparent(traceparent)!);
    expect(seen.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(seen.spanId).not.toBe('00f067aa0ba902b7');
  });

  it('begins a trace where there is no parent', async () => {
    const seen = await inSpan('spec', undefined, {}, async (traceparent) => parseTraceparent(traceparent));
    expect(seen).toBeDefined();
  });

  it('is recorded by an SDK that is there, with its error', async () => {
    const recorded: { name: string; ended: boolean; error: boolean; context: SpanContext }[] = [];
    const tracer = {
      startSpan(name: string) {
        const context = { ...newTrace(), traceFlags: 1 };
        const span = { name, ended: false, error: false, context };
        recorded.push(span);
        return {
          spanContext: () => context,
          setStatus: () => void (span.error = true),
          end: () => void (span.ended = true),
        } as unknown as Span;
      },
    } as unknown as Tracer;
    otel.setGlobalTracerProvider({ getTracer: () => tracer });

    const seen = await inSpan('one hop', GIVEN, {}, async (traceparent) => parseTraceparent(traceparent)!);
    expect(seen.spanId).toBe(recorded[0]!.context.spanId);
    await expect(inSpan('fails', GIVEN, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(recorded.map(({ name, ended, error }) => ({ name, ended, error }))).toEqual([
      { name: 'one hop', ended: true, error: false },
      { name: 'fails', ended: true, error: true },
    ]);
  });
});
