import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { unhurried, useSessionApi } from '../fixtures/session-api.js';
import { until } from '../fixtures/until.js';

const marquee = useSessionApi(unhurried);
const { call, begin, append } = marquee;

/** Every key of a session or of an index. */
const ownedKeys = async (): Promise<string[]> =>
  (await Promise.all(['session', 'tenant'].map((kind) => marquee.redis.keys(`prod:${kind}:*`)))).flat();

describe('a list of sessions', () => {
  const list = async (query = '') => {
    const { body } = await call('GET', `/tenants/default/sessions${query}`);
    return {
      ids: (body['sessions'] as { id: string }[]).map(({ id }) => id),
      nextCursor: body['nextCursor'] as string | null,
    };
  };

  it('of one user contains only that user’s sessions, even after changes', async () => {
    const [one, two, other] = [
      await begin({ userId: 'ann', state: { a: 1 } }),
      await begin({ userId: 'ann' }),
      await begin({ userId: 'bob' }),
    ];
    const user = 'prod:tenant:default:user:ann:sessions';
    expect(new Set((await list('?userId=ann')).ids)).toEqual(new Set([one, two]));
    const { sessions } = (await call('GET', '/tenants/default/sessions?userId=ann')).body;
    expect(sessions).not.toContainEqual(expect.objectContaining({ state: expect.anything() }));
    await call('PATCH', `/sessions/${one}`, { userId: 'bob' });
    expect((await list('?userId=ann')).ids).toEqual([two]);
    expect(new Set((await list('?userId=bob')).ids)).toEqual(new Set([one, other]));
    // A use that does not read the metadata brings its session to the front as well.
    await marquee.redis.zadd(user, 1_000, two);
    await append(two, ['x']);
    await until('it is in front', async () => Number(await marquee.redis.zscore(user, two)) > 1_000_000);
    expect(await marquee.redis.ttl(user)).toBeGreaterThan(86_000);
    expect(await marquee.redis.ttl(user)).toBeLessThanOrEqual(86_400);
  });

  it('of one user is paged', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => begin({ userId: 'ann' })));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `?userId=ann&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.ids);
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(ids.sort());
  });

  it('loses the sessions of a user in several limited steps', async () => {
    for (let index = 0; index < 5; index++) await append(await begin({ userId: 'ann' }), ['secret']);
    const kept = await begin({ userId: 'bob' });
    const remove = async (query: string) => (await call('DELETE', `/tenants/default/sessions${query}`)).body;
    expect(await remove('?userId=ann&limit=3')).toEqual({ deleted: 3, complete: false });
    expect(await remove('?userId=ann&limit=3')).toEqual({ deleted: 2, complete: true });
    expect(await remove('?userId=ann')).toEqual({ deleted: 0, complete: true });
    expect((await list()).ids).toEqual([kept]);
    expect((await ownedKeys()).sort()).toEqual([
      `prod:session:${kept}:metadata`,
      'prod:tenant:default:sessions',
      'prod:tenant:default:user:bob:sessions',
    ]);
    const deleted = (await marquee.redis.xrange('prod:transcription_events', '-', '+')).filter(([, fields]) =>
      fields.includes('session_deleted'),
    );
    expect(deleted).toHaveLength(5);
    expect((await call('DELETE', '/tenants/other/sessions?userId=ann')).status).toBe(404);
  });

  it('does not accumulate entries of sessions that have expired', async () => {
    const dead = Array.from({ length: 200 }, (_, index) => [1_000 + index, `dead-${index}`] as const);
    const longAgoMs = Date.now() - 3_600_000;
    await marquee.redis.zadd(
      'prod:tenant:default:sessions',
      ...dead.flatMap(([ms, id]) => [longAgoMs + ms, id]),
    );
    for (let index = 0; index < 40; index++) await begin();
    await until('most of them are gone', async () => {
      return (await marquee.redis.zcard('prod:tenant:default:sessions')) < 140;
    });
  });
});

describe('the purge of sessions by an administrator', () => {
  const purge = async (query: string) => {
    const { status, text, body } = await call('DELETE', `/admin/sessions?${query}`);
    const lines = status === 200 ? text.trim().split('\n') : [];
    return { status, body, last: JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
  };

  it('deletes the sessions of a user after a dry run, and logs an audit record without the user id', async () => {
    const audit = jest.spyOn(Logger.prototype, 'log');
    try {
      for (let index = 0; index < 3; index++)
        await append(await begin({ userId: 'ann@example.com' }), ['secret'], 'key');
      const kept = await begin({ userId: 'bob' });
      const query = 'tenantId=default&userId=ann*';
      expect((await purge(`${query}&dryRun=true`)).last).toEqual({
        matched: 3,
        deleted: 0,
        otherKeys: 0,
        limited: false,
        complete: true,
      });
      expect((await purge(`${query}&limit=2`)).last).toMatchObject({ deleted: 2, limited: true });
      expect((await purge(query)).last).toMatchObject({ deleted: 1, limited: false, complete: true });
      expect((await ownedKeys()).sort()).toEqual([
        `prod:session:${kept}:metadata`,
        'prod:tenant:default:sessions',
        'prod:tenant:default:user:bob:sessions',
      ]);
      const lines = audit.mock.calls
        .map(([line]) => String(line))
        .filter((line) => line.includes('Sessions:'));
      expect(lines).toEqual([
        expect.stringMatching(/counted tenant "default", user sha256:\w{16}: 3 matched, 0 deleted/),
        expect.stringMatching(/purged tenant "default", user sha256:\w{16}: 2 matched, 2 deleted/),
        expect.stringMatching(/purged tenant "default", user sha256:\w{16}: 1 matched, 1 deleted/),
      ]);
    } finally {
      audit.mockRestore();
    }
  });

  it('deletes keys that another program has left, by pattern', async () => {
    await marquee.redis.set('prod:session:user123:data', '{"a": 1}');
    await marquee.redis.set('prod:session:user1234:data', '{"a": 1}');
    expect((await purge('pattern=session:user123:*')).last).toMatchObject({ matched: 0, otherKeys: 1 });
    expect(await marquee.redis.exists('prod:session:user123:data')).toBe(0);
    expect(await marquee.redis.exists('prod:session:user1234:data')).toBe(1);
  });

  it.each([
    ['', 'pattern'],
    ['pattern=*', 'pattern'],
    ['pattern=trending:*', 'pattern'],
    ['userId=', 'userId'],
    ['userId=a&limit=0', 'limit'],
    ['userId=a&dryRun=maybe', 'dryRun'],
    ['userId=a&all=true', 'query'],
  ])('rejects "%s" and names the field %s', async (query, field) => {
    const { status, body } = await purge(query);
    expect([status, (body['errors'] as { field: string }[])[0]?.field]).toEqual([400, field]);
  });
});
