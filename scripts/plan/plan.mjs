// `npm run plan -- --daily-users 50000`: estimates a deployment's memory, servers, connections, hit rate and savings.
import { parseArgs } from 'node:util';
import { ensureDependencies, PrerequisiteError, run } from '../prerequisites.mjs';

const options = {
  'daily-users': [10_000, 'users who search each day'],
  'queries-per-user': [5, 'searches per user and day'],
  embeddings: [200_000, 'distinct texts embedded per week'],
  dimensions: [1536, 'dimensions of a vector'],
  movies: [20_000, 'distinct movies shown per day'],
  'movie-bytes': [6_000, 'size of a movie’s JSON'],
  'sessions-per-user': [1, 'sessions per user and day'],
  chunks: [40, 'chunks in a transcript'],
  'chunk-bytes': [80, 'size of a chunk'],
  'zipf-exponent': [0.9, 'skew of the texts’ popularity; 0 is uniform'],
  'tokens-per-text': [12, 'average tokens in a text'],
  'usd-per-million-tokens': [0.02, 'price of the embeddings upstream'],
  'shard-mb': [450, 'maxmemory of one server'],
  'pool-size': [10, 'REDIS_POOL_SIZE'],
  'api-processes': [1, 'API processes'],
  workers: [1, 'worker processes'],
  archives: [1, 'archives per worker: ARCHIVE_FILE, ARCHIVE_WEBHOOK_URL'],
};
const help = `npm run plan -- [options]

${Object.entries(options)
  .map(
    ([name, [defaultValue, description]]) =>
      `  --${name} <number>`.padEnd(38) + `${description} (${defaultValue})`,
  )
  .join('\n')}
`;

function parsePlan() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' }])),
    },
  });
  if (values.help) return undefined;
  const entries = Object.entries(options).map(([name, [defaultValue]]) => {
    const value = values[name] === undefined ? defaultValue : Number(values[name]);
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

/** Share of maxmemory that entries may use. The rest is for growth of the hash table, buffers and fragmentation. */
const usableShare = 0.8;

await run(async () => {
  await ensureDependencies();
  let plan;
  try {
    plan = parsePlan();
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
  const memory = Object.entries(entries).map(([kind, count]) => [
    kind,
    count,
    bytes[kind],
    count * bytes[kind],
  ]);
  const total = memory.reduce((sum, [, , , all]) => sum + all, 0);
  const shardBytes = plan.shardMb * 1e6 * usableShare - emptyBytes;

  console.log(`\nMemory, from sizes measured on a local Redis server\n`);
  console.log(
    table([
      ['kind', 'entries', 'bytes each', 'total'],
      ...memory.map(([kind, count, each, all]) => [
        kind,
        Math.round(count).toLocaleString('en'),
        Math.round(each).toLocaleString('en'),
        megabytes(all),
      ]),
      ['total', '', '', megabytes(total)],
    ]),
  );
  const shards = Math.max(1, Math.ceil(total / shardBytes));
  console.log(
    `\nTo store everything: ${shards} server${shards === 1 ? '' : 's'} with maxmemory ${plan.shardMb} MB, filled to ${100 * usableShare} %.`,
  );
  if (shards > 1) console.log('Use a Redis Cluster (docs/scaling.md) or fewer, larger servers.');

  const sockets = maxSockets(plan);
  console.log('\nMaximum sockets per Redis server (the default maxclients is 10,000)\n');
  console.log(
    table([
      ['one API process', sockets.api],
      ['one worker', sockets.worker],
      ['total', sockets.all],
    ]),
  );

  const perEmbedding =
    bytes.embeddings + bytes.understandings * (entries.understandings / Math.max(1, plan.embeddings));
  const otherBytes = total - perEmbedding * plan.embeddings;
  const daily = queries * plan.tokensPerText;
  const cost = (rate) => `$${((((1 - rate) * daily) / 1e6) * plan.usdPerMillionTokens).toFixed(2)}`;
  console.log(
    `\nHit rate of ${queries.toLocaleString('en')} searches per day by memory (Zipf exponent ${plan.zipfExponent}, LRU)\n`,
  );
  const rows = [0.05, 0.1, 0.25, 0.5, 0.75, 1].map((share) => {
    const rate = hitRate(plan.embeddings, plan.embeddings * share, plan.zipfExponent);
    const bytesInUse = otherBytes + perEmbedding * plan.embeddings * share;
    return [
      `${100 * share} % of the texts`,
      megabytes(bytesInUse),
      `${(100 * rate).toFixed(1)} %`,
      Math.round((1 - rate) * queries).toLocaleString('en'),
      cost(rate),
    ];
  });
  console.log(table([['cached', 'memory', 'hit rate', 'upstream calls per day', 'cost per day'], ...rows]));
  console.log(
    `\nWithout a cache: ${queries.toLocaleString('en')} upstream calls per day, ${cost(0)}. The simulation ignores TTLs: a text that is requested less than once a week expires anyway.\n`,
  );
});
