import { Redis } from 'ioredis';
import { GroupsRepository } from '@app/events';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { createSessions } from '../fixtures/sessions.js';
import { interleave, perSecond, table } from './rounds.js';

const rounds = 5;
const sessions = 200;
const chunk = 'I want a heist movie from the nineties, if there is one';

/** Compares appending to transcripts and consuming events with the bare Redis commands. */
export async function transcripts(): Promise<string> {
  const server = await TestRedisServer.start(['--maxmemory', '2gb']);
  const redis = new Redis(server.port, '127.0.0.1');
  const client = await connectClient({ REDIS_URL: server.url, REDIS_BUDGET_MS: '2000' });
  const { service, transcripts: sut } = createSessions(client, { maxLength: 1_000_000 });
  const groups = new GroupsRepository(client);
  const ids: string[] = [];
  for (let index = 0; index < sessions; index++)
    ids.push((await service.create(client.newBudget(), 'acme', {})).id);
  const at = (index: number): string => ids[index % sessions] as string;

  const rawAppend = async (id: string): Promise<void> => {
    const [metadata, transcript] = [`raw:${id}:metadata`, `raw:${id}:transcript`];
    await redis
      .pipeline()
      .exists(metadata)
      .rpush(transcript, chunk)
      .expire(metadata, 86_400)
      .expire(transcript, 86_400)
      .zadd('raw:sessions', Date.now(), id)
      .xadd(
        'raw:events',
        'MAXLEN',
        '~',
        1_000_000,
        '*',
        'event_type',
        'transcript_appended',
        'session_id',
        id,
        'tenant_id',
        'acme',
        'transcript',
        chunk,
        'timestamp',
        new Date().toISOString(),
      )
      .exec();
  };
  const clear = async (): Promise<void> => {
    await redis.del(
      ...ids.map((id) => `prod:session:${id}:transcript`),
      ...ids.map((id) => `raw:${id}:transcript`),
    );
  };
  const append = await interleave(rounds, [
    [
      'the bare commands, pipelined (limit)',
      async () => perSecond((index) => rawAppend(at(index)), { concurrency: 64 }),
    ],
    [
      'Marquee (with checks, limits and the event, atomically)',
      async () => {
        const figure = await perSecond(
          (index) =>
            sut.append(client.newBudget(), 'acme', at(index), {
              chunks: [chunk],
              idempotencyKey: undefined,
            }),
          { concurrency: 64 },
        );
        // A benchmark would reach the maximum length of a transcript.
        await clear();
        for (let index = 0; index < sessions; index++)
          ids[index] = (await service.create(client.newBudget(), 'acme', {})).id;
        return figure;
      },
    ],
  ]);

  const entries = 20_000;
  const publish = async (): Promise<void> => {
    await redis.del('prod:transcription_events', 'raw:consumed');
    for (let index = 0; index < entries; index += 500) {
      const pipeline = redis.pipeline();
      for (let more = 0; more < 500; more++)
        pipeline.xadd(
          'prod:transcription_events',
          '*',
          'event_type',
          'transcript_appended',
          'session_id',
          's',
          'tenant_id',
          't',
          'transcript',
          chunk,
          'timestamp',
          'now',
        );
      await pipeline.exec();
    }
  };
  const consume = await interleave(rounds, [
    [
      'XREADGROUP and XACK in batches of 100 (limit)',
      async () => {
        await publish();
        await redis.xgroup('CREATE', 'prod:transcription_events', 'raw', '0');
        const startedMs = performance.now();
        for (let done = 0; done < entries;) {
          const reply = (await redis.xreadgroup(
            'GROUP',
            'raw',
            'c',
            'COUNT',
            100,
            'STREAMS',
            'prod:transcription_events',
            '>',
          )) as [string, [string, string[]][]][];
          const taken = reply[0]?.[1] ?? [];
          await redis.xack('prod:transcription_events', 'raw', ...taken.map(([id]) => id));
          done += taken.length;
        }
        return (1000 * entries) / (performance.now() - startedMs);
      },
    ],
    [
      'Marquee',
      async () => {
        await publish();
        await redis.xgroup('CREATE', 'prod:transcription_events', 'ours', '0');
        const startedMs = performance.now();
        let done = 0;
        const from = { group: 'ours', consumer: 'c', lanes: ['events'] } as const;
        await groups.withReader(async (reader) => {
          while (done < entries) {
            const taken = await groups.take(reader, from, 100, 100);
            if (taken.status !== 'ok' || taken.value === 'no-group')
              throw new Error('The consumer group is missing');
            await groups.acknowledge(
              'events',
              'ours',
              taken.value.map(({ ref }) => ref.id),
            );
            done += taken.value.length;
          }
        });
        return (1000 * entries) / (performance.now() - startedMs);
      },
    ],
  ]);
  client.close();
  redis.disconnect();
  await server.stop();
  return `Appending a chunk\n\n${table('appends/s', append)}\n\nConsuming events\n\n${table('events/s', consume)}`;
}
