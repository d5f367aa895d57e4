import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Catalogue } from '../catalogue.js';
import { vectorsFile } from '../catalogue-files.js';
import { CatalogueVectors } from './catalogue-vectors.js';
import { textFingerprint } from './embedding-text.js';
import { dequantize, quantize } from './quantize.js';
import { decodeVectorFile, encodeVectorFile, rowsByFingerprint } from './vector-file.js';

const dimensions = 64;

/** Deterministic and of unit length. */
function unitVector(seed: number): Float32Array {
  const values = Array.from({ length: dimensions }, (_, index) => Math.sin(seed * 97 + index * 13.7));
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe(quantize.name, () => {
  it('keeps the direction of a vector, which comes back at unit length', () => {
    for (const seed of [1, 2, 3]) {
      const vector = unitVector(seed);
      const decoded = dequantize(quantize(vector), dimensions);
      expect(dot(vector, decoded)).toBeGreaterThan(0.999);
      expect(dot(decoded, decoded)).toBeCloseTo(1, 5);
    }
  });

  it('keeps a vector of zeros', () => {
    expect([...dequantize(quantize(new Float32Array(4)), 4)]).toEqual([0, 0, 0, 0]);
  });
});

describe(decodeVectorFile.name, () => {
  const rows = [1, 2, 3].map((seed) => ({
    fingerprint: Buffer.alloc(8, seed),
    levels: quantize(unitVector(seed)),
  }));
  const bytes = encodeVectorFile('some-model', rows);

  it('returns what was encoded', () => {
    const file = decodeVectorFile(bytes);
    expect(file).toMatchObject({ model: 'some-model', dimensions, count: 3 });
    expect([...file.levels]).toEqual(rows.flatMap(({ levels }) => [...levels]));
    expect(rowsByFingerprint(file).get('0202020202020202')?.levels).toEqual(rows[1]?.levels);
  });

  it('has another hash of the texts when a fingerprint differs', () => {
    const other = encodeVectorFile('some-model', [
      { ...rows[0], fingerprint: Buffer.alloc(8, 9) } as never,
      ...rows.slice(1),
    ]);
    expect(decodeVectorFile(other).textsHash).not.toBe(decodeVectorFile(bytes).textsHash);
  });

  it('refuses bytes that are cut short, too long, or something else', () => {
    expect(() => decodeVectorFile(bytes.subarray(0, -1))).toThrow(/has \d+ bytes instead of/);
    expect(() => decodeVectorFile(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(RangeError);
    expect(() => decodeVectorFile(Buffer.from('{"some": "JSON"}'))).toThrow('Not a file of vectors');
  });
});

describe(CatalogueVectors.name, () => {
  const catalogue = new Catalogue();

  it('has an up-to-date vector of every movie, in the order of the catalogue', () => {
    const { fingerprints, count } = decodeVectorFile(readFileSync(vectorsFile));
    expect(count).toBe(catalogue.movies.length);
    const outdated = catalogue.movies
      .filter((movie, row) => !textFingerprint(movie).equals(fingerprints.subarray(row * 8, (row + 1) * 8)))
      .map(({ id, title }) => `${id} ${title}`);
    // If this fails: npm run catalogue -- vectors
    expect(outdated).toEqual([]);
  });

  it('reads vectors of unit length', () => {
    const vectors = new CatalogueVectors(catalogue).read();
    expect(vectors).toMatchObject({ model: 'universal-sentence-encoder-lite', dimensions: 512 });
    expect(vectors.values).toHaveLength(vectors.ids.length * 512);
    for (let start = 0; start < vectors.values.length; start += 512) {
      const vector = vectors.values.subarray(start, start + 512);
      expect(dot(vector, vector)).toBeCloseTo(1, 4);
    }
  });
});
