import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  context,
  defaultTextMapGetter,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { randomHex } from './random-hex.js';

const tracer = trace.getTracer('users-bff');
const propagator = new W3CTraceContextPropagator();

/** Whether anybody records spans; nothing is made for nobody. */
let isRecorded = false;
const unrecorded = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/**
 * Makes spans follow a request through its promises, where somebody records spans at all: it costs a tenth of a call.
 * Whoever has loaded an SDK of their own has done so already, and this changes nothing.
 */
export const followSpans = (): void => {
  isRecorded = isSpanContextValid(tracer.startSpan('begin', { root: true }).spanContext());
  if (isRecorded) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
};

/** A span as it goes on to another server. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/** The trace of a request. */
export interface RequestTrace {
  readonly span: Span;
  readonly traceId: string;
  /** Runs what belongs to it. */
  run<T>(work: () => T): T;
}

/** A trace that nobody has begun and nobody records. */
const withoutSpans = (): RequestTrace => {
  const traceId = randomHex(16);
  const span = trace.wrapSpanContext({ traceId, spanId: randomHex(8), traceFlags: TraceFlags.NONE });
  return { span, traceId, run: (work) => work() };
};

/**
 * Begins the span of a request, as a part of the caller's trace where it names one (W3C Trace Context). Without an SDK
 * nothing is recorded, and the trace has an id all the same.
 */
export const beginRequestTrace = (name: string, headers: IncomingHttpHeaders, attributes: Attributes): RequestTrace => {
  if (!isRecorded && headers['traceparent'] === undefined) return withoutSpans();
  const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const started = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  const span = isSpanContextValid(started.spanContext())
    ? started
    : trace.wrapSpanContext({ traceId: randomHex(16), spanId: randomHex(8), traceFlags: TraceFlags.NONE });
  return {
    span,
    traceId: span.spanContext().traceId,
    run: (work) => context.with(trace.setSpan(parent, span), work),
  };
};

/** Begins a span below the active one. */
export const beginSpan = (name: string, kind: SpanKind, attributes: Attributes): Span =>
  isRecorded ? tracer.startSpan(name, { kind, attributes }) : unrecorded;

/** Runs work as a span below the active one. The work ends the span. */
export const inSpan = <T>(name: string, attributes: Attributes, work: (span: Span) => T): T =>
  isRecorded ? tracer.startActiveSpan(name, { attributes }, (span) => work(span)) : work(unrecorded);

/** Work for later that belongs to the active span. */
export const inThisTrace = (work: () => void): (() => void) =>
  isRecorded ? context.bind(context.active(), work) : work;

/** Ends a span that failed, with a word that is ours: messages of errors may hold anything. */
export const failSpan = (span: Span, type: string): void => {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

/** What a line of the log says of a trace where there is none. */
export const NO_TRACE = {};

/** Trace and span of the moment, for a line of the log. */
export const traceOfLogLine = (): { traceId?: string; spanId?: string } => {
  const active = isRecorded ? trace.getActiveSpan()?.spanContext() : undefined;
  return active ? { traceId: active.traceId, spanId: active.spanId } : NO_TRACE;
};

/** A span as it goes on to another server; `undefined` for one that nobody records. */
export const traceHeaders = (span: Span): TraceHeaders | undefined => {
  const spanContext = span.spanContext();
  if (!isSpanContextValid(spanContext)) return undefined;
  const { traceId, spanId, traceFlags, traceState } = spanContext;
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    tracestate: traceState?.serialize() || undefined,
  };
};
