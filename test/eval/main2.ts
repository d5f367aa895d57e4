import { existsSync, readFileSync } from 'node:fs';
import { Catalogue, type Movie } from '@app/catalogue';
import { understandingGraph, type Understanding } from '@app/query-understanding';
import { MemoryMovieIndex } from '../../libs/search/src/in-process/memory-movie-index.js';
import { search } from '../../libs/search/src/pipeline/pipeline.js';
import { LocalModel } from '../../libs/embeddings/src/local/local-model.js';

const variant = process.env['VARIANT'] ?? 'full';
const verbose = process.env['VERBOSE'];
const file = process.argv[2] ?? 'test/eval/search/development.jsonl';
const movies = new Catalogue().movies.filter((m) => m.overview !== '');
const none = variant === 'none';
const ids = none ? [] : JSON.parse(readFileSync('/tmp/vec-ids.json', 'utf8')) as number[];
const buffer = none ? Buffer.alloc(0) : readFileSync(`/tmp/vec-${variant}.f32`);
const vec = new Float32Array(buffer.buffer, buffer.byteOffset, buffer.byteLength / 4);
const byId = new Map<number, Float32Array>(ids.map((id, i) => [id, vec.subarray(i * 512, i * 512 + 512)]));
const started = performance.now();
const index = new MemoryMovieIndex(movies.map((movie) => ({ movie, vector: byId.get(movie.id) })), { version: '1', source: 'catalogue', updatedAt: new Date(), model: 'use', dimensions: 512 });
console.log('build', (performance.now() - started).toFixed(0), 'ms');
const graph = understandingGraph({ movies: new Catalogue().movies, now: () => new Date() });
const model = new LocalModel();
const cacheFile = '/tmp/qvec.json';
const qcache: Record<string, number[]> = existsSync(cacheFile) ? JSON.parse(readFileSync(cacheFile, 'utf8')) : {};
import { writeFileSync } from 'node:fs';
const embed = async (text: string): Promise<Float32Array> => {
  qcache[text] ??= [...(await model.embed([text]))[0]!.vector];
  return Float32Array.from(qcache[text]!);
};
interface Case { kind: string; query: string; answers?: string[]; like?: string; expected?: any }
const label = (m: Movie): string => `${m.title} (${m.releaseDate.slice(0, 4)})`;
const ok = (m: Movie, e: any): boolean =>
  (!e.directors || e.directors.every((d: string) => m.directors.includes(d))) &&
  (!e.actors || e.actors.every((d: string) => m.cast.some((c) => c.name === d))) &&
  (!e.people || e.people.every((d: string) => m.directors.includes(d) || m.writers?.includes(d) || m.cast.some((c) => c.name === d))) &&
  (!e.genres || e.genres.every((g: any) => m.genres.includes(g))) &&
  (!e.anyGenres || e.anyGenres.some((g: any) => m.genres.includes(g))) &&
  (!e.excludedGenres || !e.excludedGenres.some((g: any) => m.genres.includes(g))) &&
  (!e.yearFrom || +m.releaseDate.slice(0, 4) >= e.yearFrom) && (!e.yearTo || +m.releaseDate.slice(0, 4) <= e.yearTo) &&
  (!e.runtimeMin || m.runtimeMinutes! >= e.runtimeMin) && (!e.runtimeMax || m.runtimeMinutes! <= e.runtimeMax) &&
  (!e.certifications || e.certifications.includes(m.certification)) && (!e.language || m.originalLanguage === e.language) &&
  (!e.minRating || (m.voteAverage ?? 0) >= e.minRating);
const byLabel = new Map(movies.map((m) => [label(m), m]));
const stats = new Map<string, { n: number; s1: number; s5: number; s10: number; mrr: number; sat: number; nsat: number; ndcg: number }>();
let ms = 0; const times: number[] = [];
for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const c = JSON.parse(line) as Case;
  const { results } = await graph.run({ query: c.query });
  const understanding = { version: 1, query: c.query, normalized: '', language: results.language, degraded: [], ...results.facts } as unknown as Understanding;
  if (!none) await embed(results.facts.rewritten);
  const t = performance.now();
  const r = await search(index, { understanding, filters: {}, excludedIds: new Set(), embed: none ? async () => undefined : embed, trending: new Map() });
  ms = performance.now() - t; times.push(ms);
  const top = r.ranked.slice(0, 10).map(({ movie }) => movie);
  const s = stats.get(c.kind) ?? { n: 0, s1: 0, s5: 0, s10: 0, mrr: 0, sat: 0, nsat: 0, ndcg: 0 };
  stats.set(c.kind, s);
  s.n++;
  let right: (m: Movie) => boolean;
  if (c.kind === 'nonsense') { if (r.ranked.length === 0) { s.s1++; s.s5++; s.s10++; } else console.log('NONSENSE', c.query, r.ranked.length, label(top[0]!), r.ranked[0]!.relevance.toFixed(2)); continue; }
  const likeGenres = c.like ? byLabel.get(c.like)!.genres : [];
  if (c.answers) right = (m) => c.answers!.includes(label(m)); else if (c.like) right = (m) => m.genres.filter((g) => likeGenres.includes(g)).length >= 1 && (!c.expected || ok(m, c.expected)); else right = (m) => ok(m, c.expected);
  const ranks = top.map((m, i) => (right(m) ? i + 1 : 0)).filter(Boolean);
  const first = ranks[0] ?? 99;
  if (first === 1) s.s1++; if (first <= 5) s.s5++; if (first <= 10) s.s10++; s.mrr += first <= 10 ? 1 / first : 0;
  const relevant = c.answers ? Math.min(10, c.answers.length) : 10;
  const ideal = Array.from({ length: relevant }, (_, i) => 1 / Math.log2(i + 2)).reduce((a, b) => a + b, 0);
  s.ndcg += ranks.reduce((a, i) => a + 1 / Math.log2(i + 1), 0) / ideal;
  if (c.expected) { const share = top.length === 0 ? 0 : top.filter((m) => ok(m, c.expected)).length / top.length; const min = c.expected.min ?? 5; s.sat += share; s.nsat++;
    if (share < 1 || top.length < min) console.log(`  CONSTRAINT ${c.query}: ${share.toFixed(2)} of ${top.length}; relaxed ${r.relaxed}; ${top.slice(0, 3).map(label).join(', ')}`); }
  if (c.like && top.includes(byLabel.get(c.like)!)) console.log('  SELF', c.query);
  if (first > 1 && (verbose || c.kind !== 'mood')) console.log(`  ${c.kind} ${c.query}: ${first}; ${r.ranked.slice(0, 3).map(({ movie, score }) => `${label(movie)} ${score.toFixed(2)}`).join(', ')}` + (r.plan.likelyGenres.length ? ` ~${r.plan.likelyGenres}` : ''));
}
writeFileSync(cacheFile, JSON.stringify(qcache));
console.log('kind        n   s@1  s@5  s@10  mrr  ndcg  satisfied');
for (const [k, s] of stats) console.log(k.padEnd(11), String(s.n).padStart(2), ...[s.s1, s.s5, s.s10, s.mrr, s.ndcg].map((v) => (v / s.n).toFixed(2)), s.nsat ? (s.sat / s.nsat).toFixed(3) : '');
console.log('median ms', times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!.toFixed(1));
await model.stop();
