// `npm run plan -- --daily-users 50000`: what a deployment needs of Redis, and what it saves.
import { parseArgs } from 'node:util';
import { ensureDependencies, PrerequisiteError, run } from '../prerequisites.mjs';

const options = {
  'daily-users': [10_000, 'people who search on a day'],
  'queries-per-user': [5, 'searches of one of them'],
  embeddings: [200_000, 'different texts that are asked for within a week'],
  dimensions: [1536, 'of a vector'],
  movies: [20_000, 'different films that are shown on a day'],
  'movie-bytes': [6_000, 'of a film’s JSON'],
  'sessions-per-user': [1, 'sessions of one of them'],
  chunks: [40, 'of a session’s transcript'],
  'chunk-bytes': [80, 'of a chunk'],
  'zipf-exponent': [0.9, 'how unequal texts are asked for; 0 is all alike'],
  'tokens-per-text': [12, 'on average'],
  'usd-per-million-tokens': [0.02, 'of the embeddings upstream'],
  'shard-mb': [450, 'maxmemory of a server'],
  'pool-size': [10, 'REDIS_POOL_SIZE'],
  'api-processes': [1, 'API processes'],
  workers: [1, 'worker processes'],
  archives: [1, 'archives of a worker: ARCHIVE_FILE, ARCHIVE_WEBHOOK_URL'],
};
const help = `npm run plan -- [options]

${Object.entries(options)
  .map(([name, [fallback, what]]) => `  --${name} <number>`.padEnd(38) + `${what} (${fallback})`)
  .join('\n')}
`;

function read() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' }])),
    },
  });
  if (values.help) return undefined;
  const entries = Object.entries(options).map(([name, [fallback]]) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value >= 0) || value > 1e12)
      throw new PrerequisiteError(`--${name} must be a number from 0 to 1e12, not "${values[name]}"`);
    return [name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase()), value];
  });
  return Object.fromEntries(entries);
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
const table = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]),
        )
        .join('   '),
    )
    .join('\n');
};

/** Of maxmemory what entries may take: the rest is for the dictionary's growth, buffers and fragmentation. */
const usableShare = 0.8;

await run(async () => {
  await ensureDependencies();
  let plan;
  try {
    plan = read();
  } catch (error) {
    if (error.code?.startsWith('ERR_PARSE_ARGS')) throw new PrerequisiteError(`${error.message}\n\n${help}`);
    throw error;
  }
  if (!plan) return console.log(help);
  const { measureEntries } = await import('./measure.mjs');
  const { hitRate } = await import('./simulate.mjs');
  const { maxSockets } = await import('./sockets.mjs');
  const { bytes, emptyBytes } = await measureEntries(plan);

  const sessions = plan.dailyUsers * plan.sessionsPerUser;
  const queries = plan.dailyUsers * plan.queriesPerUser;
  const entries = {
    embeddings: plan.embeddings,
    understandings: Math.min(plan.embeddings, queries),
    movies: plan.movies,
    sessions,
    limits: plan.dailyUsers / 60,
    events: Math.min(10_000, sessions * (plan.chunks + 1)),
  };
  const held = Object.entries(entries).map(([kind, count]) => [
    kind,
    count,
    bytes[kind],
    count * bytes[kind],
  ]);
  const total = held.reduce((sum, [, , , all]) => sum + all, 0);
  const shardBytes = plan.shardMb * 1e6 * usableShare - emptyBytes;

  console.log(`\nMemory, by sizes measured just now on a Redis server here\n`);
  console.log(
    table([
      ['kind', 'entries', 'bytes each', 'together'],
      ...held.map(([kind, count, each, all]) => [
        kind,
        Math.round(count).toLocaleString('en'),
        Math.round(each).toLocaleString('en'),
        megabytes(all),
      ]),
      ['all', '', '', megabytes(total)],
    ]),
  );
  const shards = Math.max(1, Math.ceil(total / shardBytes));
  console.log(
    `\nTo hold all of it: ${shards} server${shards === 1 ? '' : 's'} of maxmemory ${plan.shardMb} MB, filled to ${100 * usableShare} %.`,
  );
  if (shards > 1) console.log('That is a Redis Cluster (docs/scaling.md), or fewer and larger servers.');

  const sockets = maxSockets(plan);
  console.log('\nSockets to each Redis server at most (maxclients is 10,000 by default)\n');
  console.log(
    table([
      ['an API', sockets.api],
      ['a worker', sockets.worker],
      ['all', sockets.all],
    ]),
  );

  const perEmbedding =
    bytes.embeddings + bytes.understandings * (entries.understandings / Math.max(1, plan.embeddings));
  const others = total - perEmbedding * plan.embeddings;
  const daily = queries * plan.tokensPerText;
  const cost = (rate) => `$${((((1 - rate) * daily) / 1e6) * plan.usdPerMillionTokens).toFixed(2)}`;
  console.log(
    `\nHit rate of ${queries.toLocaleString('en')} searches a day, by memory (Zipf, exponent ${plan.zipfExponent}, LRU)\n`,
  );
  const rows = [0.05, 0.1, 0.25, 0.5, 0.75, 1].map((share) => {
    const rate = hitRate(plan.embeddings, plan.embeddings * share, plan.zipfExponent);
    const memory = others + perEmbedding * plan.embeddings * share;
    return [
      `${100 * share} % of the texts`,
      megabytes(memory),
      `${(100 * rate).toFixed(1)} %`,
      Math.round((1 - rate) * queries).toLocaleString('en'),
      cost(rate),
    ];
  });
  console.log(table([['fits', 'memory', 'hit rate', 'upstream calls a day', 'a day'], ...rows]));
  console.log(
    `\nWithout a cache: ${queries.toLocaleString('en')} upstream calls, ${cost(0)} a day. LRU tells the order; a text that is asked for once a week is gone by its TTL anyway.\n`,
  );
});
