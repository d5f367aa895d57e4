import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { withTimeout } from '@app/async';

const flushTimeoutMs = 1_000;

/** Stops tracing after exporting the buffered spans. */
export type StopTracing = () => Promise<void>;

/**
 * Exports traces to `endpoint` by OTLP over HTTP, as the OpenTelemetry specification defines for
 * OTEL_EXPORTER_OTLP_ENDPOINT. The libraries are loaded here, so they cost nothing when tracing is off.
 *
 * @param endpoint base URL of the collector, to which `/v1/traces` is appended
 */
export async function startTracing(endpoint: string, service: string, version: string): Promise<StopTracing> {
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }), {
        scheduledDelayMillis: 1_000,
      }),
    ],
  });
  // Enables W3C Trace Context and context propagation across promises.
  provider.register();
  // The exporter keeps retrying an unreachable collector; shutdown does not wait for that.
  return () =>
    withTimeout(
      provider.shutdown().catch(() => undefined),
      flushTimeoutMs,
      () => undefined,
    );
}

const tracer = () => trace.getTracer('marquee');

/** Starts the span of a request, as a child of the caller's span if there is a `traceparent`. `within` runs code inside it. */
export function startRequestSpan(
  method: string,
  route: string | undefined,
  headers: Readonly<Record<string, unknown>>,
): { readonly span: Span; readonly within: (next: () => void) => void } {
  const caller = propagation.extract(context.active(), headers);
  const attributes = { 'http.request.method': method, ...(route ? { 'http.route': route } : {}) };
  const span = tracer().startSpan(
    route ? `${method} ${route}` : method,
    { kind: SpanKind.SERVER, attributes },
    caller,
  );
  return { span, within: (next) => context.with(trace.setSpan(caller, span), next) };
}

/** Ends the span of a request. URLs and bodies are left out, since they may contain a viewer's words. */
export function endRequestSpan(span: Span, status: number, requestId: string): void {
  span.setAttributes({ 'http.response.status_code': status, 'marquee.request_id': requestId });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
