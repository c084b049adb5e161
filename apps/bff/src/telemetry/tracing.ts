import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  type Context,
  context,
  defaultTextMapGetter,
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

// Whoever loads an SDK of their own before has set one already, and keeps it.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const tracer = trace.getTracer('users-bff');
const propagator = new W3CTraceContextPropagator();

const fresh = (): Span =>
  trace.wrapSpanContext({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.NONE,
  });

/**
 * Begins the span of a request, as a part of the caller's trace where it names one (W3C Trace Context). Without an SDK
 * nothing is recorded, and the trace has an id all the same.
 *
 * @returns What it is active in, and itself.
 */
export const beginRequestSpan = (
  name: string,
  headers: IncomingHttpHeaders,
  attributes: Attributes,
): { readonly span: Span; readonly active: Context } => {
  const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const started = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  const span = isSpanContextValid(started.spanContext()) ? started : fresh();
  return { span, active: trace.setSpan(parent, span) };
};

/** Runs work in a context. */
export const within = <T>(active: Context, work: () => T): T => context.with(active, work);

/** Begins a span below the active one. */
export const beginSpan = (name: string, kind: SpanKind, attributes: Attributes): Span =>
  tracer.startSpan(name, { kind, attributes });

/** Runs work as a span below the active one. The work ends the span. */
export const inSpan = <T>(name: string, attributes: Attributes, work: (span: Span) => T): T =>
  tracer.startActiveSpan(name, { attributes }, (span) => work(span));

/** Ends a span that failed, with a word that is ours: messages of errors may hold anything. */
export const failSpan = (span: Span, type: string): void => {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

/** The trace that goes on at the moment. */
export const currentTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;

/** Trace and span of the moment, for a line of the log. */
export const traceOfLogLine = (): { traceId?: string; spanId?: string } => {
  const active = trace.getActiveSpan()?.spanContext();
  return active ? { traceId: active.traceId, spanId: active.spanId } : {};
};

/** A span as it goes on to another server. */
export const traceHeaders = (span: Span): { traceparent: string; tracestate: string | undefined } | undefined => {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  if (!isSpanContextValid(span.spanContext())) return undefined;
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    tracestate: traceState?.serialize() || undefined,
  };
};
