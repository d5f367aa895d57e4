// `npm run import -- movies.ndjson [--url http://127.0.0.1:3000] [--key KEY] [--partial]`: replaces the search index of a running
// Marquee with the movies of a file, one JSON object per line. The key may also be in MARQUEE_API_KEY.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PrerequisiteError, run } from './prerequisites.mjs';

const ndjson = 'application/x-ndjson';
const barWidth = 30;

await run(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      key: { type: 'string', default: process.env.MARQUEE_API_KEY },
      partial: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1)
    throw new PrerequisiteError('Name one file: npm run import -- movies.ndjson');
  if (!existsSync(file)) throw new PrerequisiteError(`There is no file ${file}.`);
  const response = await send(file, values);
  if (!response.ok) throw new PrerequisiteError(await describeProblem(response));
  const result = await readProgress(response);
  const skipped = result.skipped > 0 ? `, skipped ${result.skipped} invalid lines:` : '';
  console.log(`Imported ${result.movies} movies as version ${result.version}${skipped}`);
  for (const { field, message } of result.errors) console.log(`  ${field}: ${message}`);
  if (!result.published)
    console.log('Redis is unavailable: until it is back, only the process that answered has this index.');
});

async function send(file, { url, key, partial }) {
  const total = statSync(file).size;
  let sent = 0;
  const pieces = async function* () {
    for await (const piece of createReadStream(file)) {
      drawBar('Sending', (sent += piece.length), total);
      yield piece;
    }
  };
  const target = new URL(`/v1/admin/index/movies?partial=${partial}`, url);
  try {
    return await fetch(target, {
      method: 'PUT',
      body: pieces(),
      duplex: 'half',
      headers: {
        'content-type': ndjson,
        accept: ndjson,
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
    });
  } catch (error) {
    throw new PrerequisiteError(
      `No connection to ${target.origin}: ${error.cause?.message ?? error.message}`,
    );
  } finally {
    endBar();
  }
}

/** Shows the progress that the server reports, and returns the last line, which is the result. */
async function readProgress(response) {
  let last;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      last = JSON.parse(line);
      if (last.total > 0)
        drawBar(last.stage === 'embedding' ? 'Embedding' : 'Publishing', last.done, last.total);
    }
  }
  endBar();
  if (last?.complete) return last;
  throw new PrerequisiteError(`The import failed: ${last?.error ?? 'the connection was lost'}`);
}

async function describeProblem(response) {
  const problem = await response.json().catch(() => ({}));
  const errors = (problem.errors ?? []).map(({ field, message }) => `  ${field}: ${message}`);
  const title = `${response.status} ${problem.title ?? response.statusText}`;
  return [`The import failed: ${title}`, problem.detail, ...errors].filter(Boolean).join('\n');
}

function drawBar(label, done, total) {
  if (!process.stderr.isTTY) return;
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(share * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  process.stderr.write(`\r${label.padEnd(10)} ${bar} ${Math.round(share * 100)} %  `);
}

function endBar() {
  if (process.stderr.isTTY) process.stderr.write('\n');
}
