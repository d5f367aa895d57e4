import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Catalogue,
  decodeVectorFile,
  embeddingTexts,
  encodeVectorFile,
  meanVector,
  type Movie,
  quantize,
  rowsByFingerprint,
  textFingerprint,
  type VectorRow,
} from '@app/catalogue';
import { loadModel, modelName } from './local-model.js';

const file = join(process.cwd(), 'libs', 'catalogue', 'src', 'data', 'vectors.bin');

/**
 * Writes the file of vectors. Embeds the movies whose text is new or has changed.
 *
 * @param all embeds every movie again
 */
export async function makeVectors({ all }: { readonly all: boolean }): Promise<void> {
  const { movies } = new Catalogue();
  const known = all ? new Map<string, VectorRow>() : readKnown();
  const rows = movies.map((movie) => ({ movie, fingerprint: textFingerprint(movie) }));
  const missing = rows.filter(({ fingerprint }) => !known.has(fingerprint.toString('hex')));
  if (missing.length > 0) await embedInto(known, missing);
  const ordered = rows.map(({ fingerprint }) => known.get(fingerprint.toString('hex')) as VectorRow);
  const bytes = encodeVectorFile(modelName, ordered);
  writeFileSync(file, bytes);
  console.log(`${movies.length} vectors, ${bytes.length} bytes`);
}

interface FingerprintedMovie {
  readonly movie: Movie;
  readonly fingerprint: Buffer;
}

/** Adds the vectors of these movies. */
async function embedInto(
  known: Map<string, VectorRow>,
  missing: readonly FingerprintedMovie[],
): Promise<void> {
  const embed = await loadModel();
  for (const [index, { movie, fingerprint }] of missing.entries()) {
    const vector = meanVector(await embed(embeddingTexts(movie)));
    known.set(fingerprint.toString('hex'), { fingerprint, levels: quantize(vector) });
    process.stdout.write(`\r${index + 1} of ${missing.length} movies embedded`);
  }
  process.stdout.write('\n');
}

/** The vectors of the present file by the fingerprints of their texts. */
function readKnown(): Map<string, VectorRow> {
  if (!existsSync(file)) return new Map();
  const present = decodeVectorFile(readFileSync(file));
  return present.model === modelName ? rowsByFingerprint(present) : new Map();
}
