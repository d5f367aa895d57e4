import { poolIsolation } from './pool-isolation.bench.js';
import { purge } from './purge.bench.js';
import { rateLimit } from './rate-limit.bench.js';
import { trending } from './trending.bench.js';

const benchmarks: Record<string, () => Promise<string>> = {
  'pool-isolation': poolIsolation,
  purge,
  'rate-limit': rateLimit,
  trending,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(
    `No such benchmark: ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}\n`,
  );
  process.exit(1);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n## ${name}\n\n${await run()}\n`);
}
process.exit(0);
