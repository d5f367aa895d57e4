import { once } from 'node:events';
import { type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { unhurried, useSessionApi } from '../fixtures/session-api.js';
import { until } from '../fixtures/until.js';

const marquee = useSessionApi(unhurried);
const { call, begin, append } = marquee;

describe('server-sent events', () => {
  interface Listening {
    readonly request: ClientRequest;
    readonly response: IncomingMessage;
    readonly events: { id: string; event: string; data: { transcript: string; sessionId: string } }[];
    /** Number of gap events received. */
    readonly gaps: number;
  }
  const open: ClientRequest[] = [];
  afterEach(() => {
    for (const request of open.splice(0)) request.destroy();
  });

  const listen = async (id: string, lastEventId?: string): Promise<Listening> => {
    const request = httpGet(`${marquee.url}/v1/sessions/${id}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      agent: false,
    });
    open.push(request);
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const received: Listening['events'] = [];
    let [text, gaps] = ['', 0];
    response.on('error', () => undefined);
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name: string): string =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
        if (field('event') === 'gap') gaps++;
        if (field('id'))
          received.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
      }
    });
    return {
      request,
      response,
      events: received,
      get gaps() {
        return gaps;
      },
    };
  };
  const receivedBy = (listening: Listening, count: number) =>
    until(`${count} events are received`, () => listening.events.length >= count);

  it('are sent to the listeners of their session only', async () => {
    const [one, two] = [await begin(), await begin()];
    const [a, b, other] = [await listen(one), await listen(one), await listen(two)];
    expect(a.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    await append(one, ['hello', 'world']);
    await append(two, ['elsewhere']);
    await call('POST', `/sessions/${one}/complete`);
    for (const listening of [a, b]) {
      await receivedBy(listening, 2);
      expect(listening.events.map(({ event, data }) => [event, data.transcript])).toEqual([
        ['transcript_appended', 'hello world'],
        ['transcript_completed', 'hello world'],
      ]);
    }
    await receivedBy(other, 1);
    expect(other.events.map(({ data }) => data.sessionId)).toEqual([two]);
  });

  it('continue after Last-Event-ID without missing any', async () => {
    const [id, noise] = [await begin(), await begin()];
    const first = await listen(id);
    await append(id, ['1']);
    await receivedBy(first, 1);
    first.request.destroy();
    for (let number = 2; number <= 40; number++) {
      await append(id, [`${number}`]);
      await append(noise, ['x']);
    }
    const again = await listen(id, first.events[0]?.id);
    await append(id, ['41']);
    await receivedBy(again, 40);
    expect(again.events.map(({ data }) => data.transcript)).toEqual(
      Array.from({ length: 40 }, (_, index) => `${index + 2}`),
    );
    const fromTheStart = await listen(id, '0');
    await receivedBy(fromTheStart, 41);
    expect(new Set(fromTheStart.events.map(({ id: eventId }) => eventId)).size).toBe(41);
  });

  it('report a gap if events are no longer available, and refer to the rest of a long text', async () => {
    const [id, noise] = [await begin(), await begin()];
    await append(id, ['1']);
    const [first] = await marquee.redis.xrange('prod:transcription_events', '-', '+');
    const chunks = ['x'.repeat(5_000), 'tail'];
    await append(id, chunks);
    const fresh = await listen(noise);
    const complete = await listen(id, '0');
    await receivedBy(complete, 2);
    expect([complete.events[0]?.data, complete.gaps]).toEqual([
      { sessionId: id, transcript: '1', timestamp: expect.any(String) },
      0,
    ]);
    expect(complete.events[1]?.data).toEqual({
      sessionId: id,
      transcript: 'x'.repeat(4_096),
      timestamp: expect.any(String),
      truncated: true,
      bytes: 5_005,
      chunks: { from: 1, to: 2 },
      url: `/v1/sessions/${id}/transcript?offset=1&limit=2`,
    });
    const { url } = (complete.events[1] as { data: unknown }).data as { url: string };
    expect(((await (await fetch(`${marquee.url}${url}`)).json()) as { chunks: string[] }).chunks).toEqual(
      chunks,
    );
    await marquee.redis.xdel('prod:transcription_events', first?.[0] ?? '');
    const late = await listen(id, '0');
    await receivedBy(late, 1);
    expect([late.gaps, late.events[0]?.data.transcript.length]).toEqual([1, 4_096]);
    expect(fresh.gaps).toBe(0);
  });

  it('are read on one connection for all listeners, and continue after the connection was closed', async () => {
    const id = await begin();
    const listeners = await Promise.all(Array.from({ length: 30 }, () => listen(id)));
    await until('there is one reader', async () => {
      const clients = (await marquee.redis.client('LIST')) as string;
      return clients.split('\n').filter((line) => line.includes('cmd=xread ')).length === 1;
    });
    await marquee.redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await until('it is appended', async () => (await append(id, ['after'], 'k')).status === 200);
    await Promise.all(listeners.map((listening) => receivedBy(listening, 1)));
    for (const listening of listeners)
      expect(listening.events.map(({ data }) => data.transcript)).toEqual(['after']);
  });

  it('include all missed events of several buffers, and end for a client that disconnects early', async () => {
    const id = await begin();
    const text = 'x'.repeat(30_000);
    for (let number = 0; number < 30; number++) await append(id, [text]);
    const listening = await listen(id, '0');
    await receivedBy(listening, 30);
    const gone = Array.from({ length: 20 }, () =>
      httpGet(`${marquee.url}/v1/sessions/${id}/events`, { agent: false }).on('error', () => undefined),
    );
    await Promise.all(gone.map((request) => once(request, 'socket')));
    for (const request of gone) request.destroy();
    await call('GET', `/sessions/${id}`);
    await until('they are unsubscribed', async () => (await listenersOf()).listeners === 1);
  });

  it('respond to HEAD with headers only, without a listener', async () => {
    const id = await begin();
    const response = await call('HEAD', `/sessions/${id}/events`);
    expect([response.status, response.headers.get('content-type'), response.text]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
    expect((await listenersOf()).listeners).toBe(0);
    expect((await call('HEAD', '/sessions/none/events')).status).toBe(404);
  });

  it('reject an invalid id, and listeners beyond the maximum', async () => {
    await marquee.restart({ EVENTS_MAX_LISTENERS: '2' });
    const id = await begin();
    expect((await call('GET', `/sessions/${id}/events`, undefined, { 'last-event-id': 'x' })).status).toBe(
      400,
    );
    await listen(id);
    const second = await listen(id);
    expect(await call('GET', `/sessions/${id}/events`)).toMatchObject({
      status: 503,
      body: { type: 'urn:marquee:problem:too-many-listeners' },
    });
    second.request.destroy();
    await until('there is room again', async () => {
      const third = await listen(id);
      return third.response.statusCode === 200;
    });
  });

  it('disconnect a client that does not keep up', async () => {
    const id = await begin();
    const slow = await listen(id);
    slow.response.pause();
    let isCut = false;
    slow.response.once('close', () => (isCut = true));
    const fields = [
      'event_type',
      'transcript_appended',
      'session_id',
      id,
      'transcript',
      'x'.repeat(1_000_000),
    ];
    // The socket buffers hold a few megabytes.
    await until('it is cut off', async () => {
      await marquee.redis.xadd('prod:transcription_events', 'MAXLEN', '~', 10, '*', ...fields);
      const { listeners } = await listenersOf();
      return isCut || listeners === 0;
    });
    expect((await call('GET', `/sessions/${id}`)).status).toBe(200);
  });

  const listenersOf = async (): Promise<{ listeners: number }> => {
    const text = await (await fetch(`${marquee.url}/metrics`)).text();
    return { listeners: Number(/marquee_events_listeners (\d+)/.exec(text)?.[1] ?? Number.NaN) };
  };
});
