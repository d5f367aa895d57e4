import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Catalogue,
  decodeVectorFile,
  embeddingTexts,
  encodeVectorFile,
  meanVector,
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
  const embed = await loadModel();
  for (const [index, { movie, fingerprint }] of missing.entries()) {
    const vector = meanVector(await embed(embeddingTexts(movie)));
    known.set(fingerprint.toString('hex'), { fingerprint, levels: quantize(vector) });
    process.stdout.write(`\r${index + 1} of ${missing.length} movies embedded`);
  }
  const ordered = rows.map(({ fingerprint }) => known.get(fingerprint.toString('hex')) as VectorRow);
  const bytes = encodeVectorFile(modelName, ordered);
  writeFileSync(file, bytes);
  console.log(`\n${movies.length} vectors, ${bytes.length} bytes`);
}

/** The vectors of the present file by the fingerprints of their texts. */
function readKnown(): Map<string, VectorRow> {
  if (!existsSync(file)) return new Map();
  const present = decodeVectorFile(readFileSync(file));
  return present.model === modelName ? rowsByFingerprint(present) : new Map();
}
