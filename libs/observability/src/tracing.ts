import { setTimeout as delay } from 'node:timers/promises';
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const flushTimeoutMs = 1_000;

/** Ends tracing: sends what is still held. */
export type StopTracing = () => Promise<void>;

/**
 * Sends traces to `endpoint` by OTLP over HTTP, as the OpenTelemetry specification's OTEL_EXPORTER_OTLP_ENDPOINT says. The
 * libraries are loaded only here: without tracing they cost neither memory nor time.
 *
 * @param endpoint of the collector, to which `/v1/traces` is added
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
  // W3C Trace Context, and a context that follows promises.
  provider.register();
  // A collector that is away is tried again and again: the process does not wait for that.
  return () =>
    Promise.race([
      provider.shutdown().catch(() => undefined),
      delay(flushTimeoutMs, undefined, { ref: false }),
    ]);
}

const tracer = () => trace.getTracer('marquee');

/** Begins the span of a request, under the caller's where it sent a `traceparent`. `within` runs what follows inside it. */
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

/** Ends the span of a request. Addresses and bodies, which may hold a viewer's words, stay out of it. */
export function endRequestSpan(span: Span, status: number, requestId: string): void {
  span.setAttributes({ 'http.response.status_code': status, 'marquee.request_id': requestId });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
