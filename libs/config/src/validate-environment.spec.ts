import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration.errors.js';
import { Environment } from './environment.js';
import { toMarqueeConfig } from './to-marquee-config.js';
import { validateEnvironment } from './validate-environment.js';

const faultsOf = (raw: Record<string, string>): string[] => {
  try {
    validateEnvironment(raw);
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults.map(({ variable, message }) => `${variable}: ${message}`);
  }
};

describe(validateEnvironment.name, () => {
  it('reports every invalid variable at once, by name', () => {
    expect(faultsOf({ PORT: 'http', REDIS_POOL_SIZE: '1', REDIS_STARTUP: 'maybe', ENV: 'a b' })).toEqual([
      'ENV: must consist of letters, digits, "-" and "_"',
      'PORT: must be a whole number from 0 to 65535',
      'REDIS_POOL_SIZE: must be a whole number from 3 to 1000',
      'REDIS_STARTUP: must be one of degrade, fail-fast',
    ]);
  });

  it('treats an empty variable as unset', () => {
    expect(validateEnvironment({ PORT: '', REDIS_PASSWORD: '' })).toMatchObject({ PORT: 3000 });
    expect(validateEnvironment({ REDIS_PASSWORD: '' }).REDIS_PASSWORD).toBeUndefined();
  });

  it('rejects text that is not a plain whole number', () => {
    for (const PORT of ['3000.5', '-1', 'NaN', 'Infinity', '3000 ', '0x10', '1e3']) {
      expect([PORT, faultsOf({ PORT })]).toEqual([PORT, ['PORT: must be a whole number from 0 to 65535']]);
    }
  });

  it('explains a REDIS_PORT that Kubernetes set', () => {
    expect(faultsOf({ REDIS_PORT: 'tcp://10.0.0.1:6379' }).join()).toContain('enableServiceLinks: false');
  });

  it('leaves values, which may be secrets, out of the message', () => {
    expect(faultsOf({ REDIS_URL: 'http://:hunter2@redis' }).join()).not.toContain('hunter2');
    expect(faultsOf({ OPENAI_API_KEY: 'sk-hunter2 x' }).join()).not.toContain('hunter2');
  });

  it('checks the certificate authority file at startup', () => {
    const REDIS_URL = 'rediss://a';
    expect(faultsOf({ REDIS_URL, REDIS_TLS_CA_FILE: '/nonexistent' })).toEqual([
      'REDIS_TLS_CA_FILE: cannot be read (ENOENT): /nonexistent',
    ]);
    expect(faultsOf({ REDIS_URL, REDIS_TLS_CA_FILE: 'package.json' })).toEqual([
      'REDIS_TLS_CA_FILE: is not a PEM certificate: package.json',
    ]);
  });

  it('rejects a URL together with a host', () => {
    expect(faultsOf({ REDIS_URL: 'redis://a', REDIS_HOST: 'b' })).toEqual([
      'REDIS_HOST: conflicts with REDIS_URL: set only one of the two',
    ]);
  });
});

describe(toMarqueeConfig.name, () => {
  const redisOf = (raw: Record<string, string>) =>
    toMarqueeConfig(validateEnvironment(raw)).redis.targets.cache;

  it('decodes the user, password and database of a URL', () => {
    expect(redisOf({ REDIS_URL: 'rediss://app:p%40ss@cache.internal:6380/2' })).toMatchObject({
      address: { kind: 'standalone', host: 'cache.internal', port: 6380, tls: true },
      username: 'app',
      password: 'p@ss',
      database: 2,
    });
  });

  it('accepts a Unix socket, a host and port, and defaults to the embedded server', () => {
    expect(redisOf({ REDIS_URL: 'unix:///run/redis.sock' }).address).toEqual({
      kind: 'unix',
      path: '/run/redis.sock',
      isEmbedded: false,
    });
    expect(redisOf({ REDIS_URL: 'unix:///run/redis.sock#embedded' }).address).toEqual({
      kind: 'unix',
      path: '/run/redis.sock',
      isEmbedded: true,
    });
    expect(redisOf({ REDIS_HOST: 'redis' }).address).toEqual({
      kind: 'standalone',
      host: 'redis',
      port: 6379,
      tls: false,
    });
    expect(redisOf({}).address).toEqual({ kind: 'embedded' });
  });

  it('accepts Sentinel and Cluster URLs', () => {
    expect(redisOf({ REDIS_URL: 'rediss-sentinel://u:p@a:1,b/mymaster/3' })).toMatchObject({
      address: {
        kind: 'sentinel',
        tls: true,
        sentinels: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26_379 },
        ],
        master: 'mymaster',
      },
      username: 'u',
      password: 'p',
      database: 3,
    });
    expect(redisOf({ REDIS_URL: 'redis-cluster://[::1]:7000,b' }).address).toEqual({
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: '::1', port: 7000 },
        { host: 'b', port: 6379 },
      ],
    });
  });

  it.each([
    ['redis-sentinel://a:1', 'must name the master'],
    ['redis-cluster://a/2', 'must not name a database'],
    ['redis://a,b', 'must name one host'],
    ['redis://a:99999', 'must list its hosts'],
    ['redis://a/x', 'must end in a database number'],
    ['redis://:%zz@a', 'not correctly percent-encoded'],
    ['memcached://a', 'must be redis://'],
  ])('rejects %s', (REDIS_URL, message) => {
    expect(faultsOf({ REDIS_URL })).toEqual([expect.stringContaining(message)]);
  });

  it('configures separate targets for sessions and limits only if they have a URL', () => {
    const { targets } = toMarqueeConfig(validateEnvironment({ REDIS_SESSIONS_URL: 'redis://a/2' })).redis;
    expect(targets.sessions).toMatchObject({ address: { host: 'a' }, database: 2 });
    expect(targets.limits).toBeUndefined();
  });

  it('uses the local model unless an upstream is configured', () => {
    expect(toMarqueeConfig(validateEnvironment({})).openAi).toBeUndefined();
    expect(
      toMarqueeConfig(validateEnvironment({ OPENAI_BASE_URL: 'http://localhost:1/v1/' })).openAi,
    ).toEqual({
      baseUrl: 'http://localhost:1/v1',
      apiKey: undefined,
    });
  });
});

describe('.env.example', () => {
  const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  const documented = new Map(
    [...example.matchAll(/^# ?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );

  it('documents every variable with its default, and no others', () => {
    const defaults = Object.entries(new Environment()).map(([name, value]) => [name, String(value ?? '')]);
    for (const [name, value] of defaults)
      expect([name, documented.get(name as string)]).toEqual([name, value]);
    const source = readFileSync(new URL('./environment.ts', import.meta.url), 'utf8');
    const declared = [...source.matchAll(/^ {2}([A-Z_]+)[?:]/gm)].map(([, name]) => name ?? '');
    expect(new Set(documented.keys())).toEqual(new Set(declared));
  });
});
