import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

const file = join(process.cwd(), 'test', 'bench', 'RESULTS.md');
const peers = [
  'ioredis',
  '@nestjs/core',
  'fastify',
  '@nestjs/cache-manager',
  'cache-manager',
  '@keyv/redis',
  'bentocache',
  'cacheable',
  'lru-cache',
  '@nestjs/throttler',
  '@nest-lab/throttler-storage-redis',
  'rate-limiter-flexible',
  'rate-limit-redis',
];

function heading(): string {
  const version = (name: string): string =>
    (
      JSON.parse(readFileSync(join(process.cwd(), 'node_modules', name, 'package.json'), 'utf8')) as {
        version: string;
      }
    ).version;
  const redis = /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  return `# Benchmark results

Written by \`npm run bench\`. Compare the ratios: contenders alternate within each round, and the ratio is the median over
rounds of the figure to the first contender's of the same round. The server is on the same machine.

${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, Redis ${redis}. ${peers.map((name) => `${name} ${version(name)}`).join(', ')}.
`;
}

/** Stores a benchmark's result in RESULTS.md, replacing the previous one. */
export function keepResult(name: string, result: string, order: readonly string[]): void {
  const sections = new Map<string, string>();
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const section of text.split(/^## /m).slice(1)) {
    const end = section.indexOf('\n');
    sections.set(section.slice(0, end), section.slice(end).trim());
  }
  sections.set(name, `${new Date().toISOString().slice(0, 10)}\n\n${result}`);
  const parts = order.flatMap((each) =>
    sections.has(each) ? [`## ${each}\n\n${sections.get(each)}\n`] : [],
  );
  writeFileSync(file, `${heading()}\n${parts.join('\n')}`);
}
