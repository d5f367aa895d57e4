import { createHash } from 'node:crypto';
import { fingerprintBytes } from './embedding-text.js';

/**
 * The file of precomputed vectors:
 *
 * | bytes              | content                                                     |
 * | ------------------ | ----------------------------------------------------------- |
 * | 4                  | `MQV1`                                                      |
 * | 4                  | length of the header, little-endian                         |
 * | as said            | {@link VectorFileHeader} as JSON                            |
 * | 8 × count          | a fingerprint of each embedded text                         |
 * | dimensions × count | the vectors as int8: see `quantize`                         |
 */
const magic = Buffer.from('MQV1');

export interface VectorFileHeader {
  /** The model that made the vectors. */
  readonly model: string;
  readonly dimensions: number;
  /** Number of vectors. */
  readonly count: number;
  /** SHA-256 of all fingerprints, in hexadecimal. It identifies the embedded texts. */
  readonly textsHash: string;
}

export interface VectorFile extends VectorFileHeader {
  readonly fingerprints: Buffer;
  readonly levels: Int8Array;
}

/** A vector and the fingerprint of its text. */
export interface VectorRow {
  readonly fingerprint: Buffer;
  readonly levels: Int8Array;
}

export function encodeVectorFile(model: string, rows: readonly VectorRow[]): Buffer {
  const fingerprints = Buffer.concat(rows.map(({ fingerprint }) => fingerprint));
  const header: VectorFileHeader = {
    model,
    dimensions: rows[0]?.levels.length ?? 0,
    count: rows.length,
    textsHash: createHash('sha256').update(fingerprints).digest('hex'),
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(headerBytes.length);
  const vectors = rows.map(({ levels }) => Buffer.from(levels.buffer, levels.byteOffset, levels.length));
  return Buffer.concat([magic, headerLength, headerBytes, fingerprints, ...vectors]);
}

/** @throws RangeError when the bytes are not a file of vectors, or not a whole one */
export function decodeVectorFile(bytes: Buffer): VectorFile {
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new RangeError('Not a file of vectors');
  const headerStart = magic.length + 4;
  const headerEnd = headerStart + bytes.readUInt32LE(magic.length);
  const header = JSON.parse(bytes.toString('utf8', headerStart, headerEnd)) as VectorFileHeader;
  const vectorsStart = headerEnd + header.count * fingerprintBytes;
  const length = header.count * header.dimensions;
  if (bytes.length !== vectorsStart + length)
    throw new RangeError(`The file of vectors has ${bytes.length} bytes instead of ${vectorsStart + length}`);
  return {
    ...header,
    fingerprints: bytes.subarray(headerEnd, vectorsStart),
    levels: new Int8Array(bytes.buffer, bytes.byteOffset + vectorsStart, length),
  };
}

/** Returns the rows of a file by their fingerprints in hexadecimal. */
export function rowsByFingerprint({
  fingerprints,
  levels,
  count,
  dimensions,
}: VectorFile): Map<string, VectorRow> {
  return new Map(
    Array.from({ length: count }, (_, row) => {
      const fingerprint = fingerprints.subarray(row * fingerprintBytes, (row + 1) * fingerprintBytes);
      const vector = levels.subarray(row * dimensions, (row + 1) * dimensions);
      return [fingerprint.toString('hex'), { fingerprint, levels: vector }];
    }),
  );
}
