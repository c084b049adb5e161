import { trace } from '@opentelemetry/api';

/**
 * Begins to send spans by OTLP over HTTP. The SDK reads the rest of its variables itself (`OTEL_EXPORTER_OTLP_HEADERS`,
 * `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and others); it is loaded here alone, since most servers do without.
 *
 * @returns Sends what is left, and ends.
 */
export const exportTraces = async (): Promise<() => Promise<void>> => {
  const [{ OTLPTraceExporter }, { defaultResource, detectResources, envDetector, resourceFromAttributes }, sdk] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
    ]);
  const named = resourceFromAttributes({ 'service.name': 'users-bff' });
  const resource = defaultResource()
    .merge(named)
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new sdk.BasicTracerProvider({
    resource,
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  trace.setGlobalTracerProvider(provider);
  // An unreachable collector must not keep the process from ending.
  return () => provider.shutdown().catch(() => {});
};
