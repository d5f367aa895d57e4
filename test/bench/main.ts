import { jsonGet, localGet, memory, vectorGet } from './cache.bench.js';
import { eventStreams } from './event-streams.bench.js';
import { growth } from './growth.bench.js';
import { guard, http } from './http.bench.js';
import { outage } from './outage.bench.js';
import { poolIsolation } from './pool-isolation.bench.js';
import { purge } from './purge.bench.js';
import { rateLimit } from './rate-limit.bench.js';
import { keepResult } from './results.js';
import { stampede, stampedeProcess } from './stampede.bench.js';
import { servers, type ServerName } from './servers.js';
import { startUp } from './start-up.bench.js';
import { transcripts } from './sessions.bench.js';
import { trending } from './trending.bench.js';

const benchmarks: Record<string, () => Promise<string>> = {
  'vector-get': vectorGet,
  'json-get': jsonGet,
  'local-get': localGet,
  memory,
  stampede,
  outage,
  http,
  guard,
  'start-up': startUp,
  transcripts,
  'event-streams': eventStreams,
  'rate-limit': rateLimit,
  'pool-isolation': poolIsolation,
  purge,
  trending,
  growth,
};

const names = process.argv.slice(2);
if (names[0] === 'serve') {
  // Runs one of the other servers in its own process: see process.ts.
  const [, name, redisPort] = names;
  process.send?.({ url: await servers[name as ServerName](Number(redisPort)) });
} else if (names[0] === 'stampede-process') {
  await stampedeProcess(names[1] as string, Number(names[2]));
} else {
  const unknown = names.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) {
    process.stderr.write(
      `Unknown benchmark: ${unknown.join(', ')}. Available: ${Object.keys(benchmarks).join(', ')}\n`,
    );
    process.exit(1);
  }
  for (const [name, run] of Object.entries(benchmarks)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const result = await run();
    process.stdout.write(`\n## ${name}\n\n${result}\n`);
    keepResult(name, result, Object.keys(benchmarks));
  }
  process.exit(0);
}
