import { randomBytes } from 'node:crypto';
import {
  context,
  isSpanContextValid,
  SpanStatusCode,
  trace as otel,
  type Attributes,
  type SpanContext,
} from '@opentelemetry/api';

/** One hop of a W3C trace: https://www.w3.org/TR/trace-context/ */
export interface Trace {
  /** 32 lower-case hex digits, not all zero */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero */
  readonly spanId: string;
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent`; undefined when it is absent or malformed, so that the caller starts a trace of its own. */
export function parseTraceparent(header: unknown): Trace | undefined {
  const match = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  if (!match) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = match;
  // Version 00 has exactly four fields; later ones may add some, ff is forbidden.
  if (version === 'ff' || (version === '00' && rest)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A new span id, in the trace of `parent` or in a new trace. */
export function newTrace(parent?: Trace): Trace {
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    sampled: parent?.sampled ?? true,
  };
}

export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

const asContext = ({ sampled, ...ids }: Trace): SpanContext => ({
  ...ids,
  traceFlags: sampled ? 1 : 0,
  isRemote: true,
});

/**
 * Runs `work` as one span below `parent` (a traceparent; without it, below the span that is open, else a new trace begins)
 * and hands it the traceparent to pass on. An OpenTelemetry SDK that the process was started with records the span;
 * without one the trace id still travels from hop to hop.
 * @param causes the traceparents of what the work is about, where that is many things: the span is linked to each. Not
 *   asked where nothing records.
 */
export async function inSpan<T>(
  name: string,
  parent: string | undefined,
  attributes: Attributes,
  work: (traceparent: string) => Promise<T>,
  causes?: () => readonly (string | undefined)[],
): Promise<T> {
  const above = parseTraceparent(parent);
  const around = above ? otel.setSpanContext(context.active(), asContext(above)) : context.active();
  const span = otel.getTracer('cairn').startSpan(name, { attributes }, around);
  if (causes && span.isRecording()) span.addLinks(linksTo(causes()));
  const recorded = span.spanContext();
  // Without an SDK the span repeats its parent's context, or has none: then the hop gets an id of our own.
  const own = isSpanContextValid(recorded) && recorded.spanId !== above?.spanId;
  const here = own
    ? { traceId: recorded.traceId, spanId: recorded.spanId, sampled: (recorded.traceFlags & 1) === 1 }
    : newTrace(above);
  try {
    return await context.with(otel.setSpan(around, span), () => work(formatTraceparent(here)));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    throw error;
  } finally {
    span.end();
  }
}

/** A span keeps so many links unless its SDK is told otherwise. */
const MOST_LINKS = 128;

const linksTo = (causes: readonly (string | undefined)[]) =>
  [...new Set(causes)].slice(0, MOST_LINKS).flatMap((cause) => {
    const trace = parseTraceparent(cause);
    return trace ? [{ context: asContext(trace) }] : [];
  });

const traces = new WeakMap<object, Trace>();

/** The trace of a raw Node request: continued from its `traceparent`, begun where there is none, the same on each call. */
export function traceOf(request: { headers: Record<string, unknown> }): Trace {
  let trace = traces.get(request);
  if (!trace) {
    trace = newTrace(parseTraceparent(request.headers['traceparent']));
    traces.set(request, trace);
  }
  return trace;
}
