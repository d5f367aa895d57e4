import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { until } from '../fixtures/until.js';

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: { readonly key: string; readonly value: object }[];
}

/** Receives spans as an OpenTelemetry collector does. */
class Collector {
  readonly spans: OtlpSpan[] = [];
  /** All bodies, as they were sent. */
  received = '';
  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.received += body;
      const { resourceSpans } = JSON.parse(body) as {
        resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
      };
      this.spans.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
      );
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  static async start(): Promise<Collector> {
    const collector = new Collector();
    collector.server.listen(0, '127.0.0.1');
    await once(collector.server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

it('exports requests and upstream calls within the caller’s trace, without viewers’ words', async () => {
  const collector = await Collector.start();
  const { spans } = collector;
  const upstream = await OpenAiUpstream.start();
  const marquee = MarqueeProcess.start({
    OPENAI_BASE_URL: upstream.baseUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const url = await marquee.ready();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    body: JSON.stringify({ model: 'text-embedding-3-small', input: 'a secret wish' }),
  });
  await fetch(`${url}/v1/query-understanding/graph?format=json`);
  await until('all spans are exported', () => spans.length >= 3);
  const request = spans.find(({ name }) => name === 'POST /v1/embeddings');
  const call = spans.find(({ name }) => name.startsWith('POST ') && name !== 'POST /v1/embeddings');
  expect(request).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  expect(call).toMatchObject({ traceId, parentSpanId: request?.spanId });
  expect(collector.received).not.toContain('secret wish');
  expect((await marquee.stop()).code).toBe(0);
  collector.stop();
  await upstream.stop();
});

it('exports a span for each stage of a search, without viewers’ words', async () => {
  const collector = await Collector.start();
  const { spans } = collector;
  const marquee = MarqueeProcess.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const url = await marquee.ready();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const response = await fetch(`${url}/v1/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    body: JSON.stringify({ query: 'a secret robbery' }),
  });
  expect(response.status).toBe(200);
  const stages = ['understand', 'embed', 'trending', 'retrieve', 'rank', 'explain'];
  const find = (name: string): OtlpSpan | undefined => spans.find((span) => span.name === name);
  await until('all stages are exported', () => stages.every((stage) => find(`search.${stage}`)));
  await until('the request is exported', () => find('POST /v1/search'));
  const request = find('POST /v1/search');
  for (const stage of stages)
    expect(find(`search.${stage}`)).toMatchObject({ traceId, parentSpanId: request?.spanId });
  expect(collector.received).not.toContain('secret robbery');
  expect((await marquee.stop()).code).toBe(0);
  collector.stop();
});
