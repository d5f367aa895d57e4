import { createHash } from 'node:crypto';

/** The token ids of one text, produced by the client's tokenizer. */
export type TokenArray = readonly number[];

/** A text to embed, or its tokens. */
export type EmbeddingInput = string | TokenArray;

const bytesPerToken = 4;
/** Never occurs in UTF-8, so that no text has the same hash input as a token array. */
const tokenMarker = 0xff;

/**
 * Returns the last part of an input's cache key in lower-case hex: the SHA-256 of a text's UTF-8 bytes, or, for a token
 * array, of the byte 0xFF followed by each token as a big-endian uint32.
 */
export function hashOf(input: EmbeddingInput): string {
  const hash = createHash('sha256');
  if (typeof input === 'string') return hash.update(input, 'utf8').digest('hex');
  return hash.update(canonicalForm(input)).digest('hex');
}

function canonicalForm(tokens: TokenArray): Buffer {
  const bytes = Buffer.allocUnsafe(1 + tokens.length * bytesPerToken);
  bytes[0] = tokenMarker;
  tokens.forEach((token, index) => bytes.writeUInt32BE(token, 1 + index * bytesPerToken));
  return bytes;
}
