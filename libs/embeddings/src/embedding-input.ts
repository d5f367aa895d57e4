import { createHash } from 'node:crypto';

/** Token ids of one text, as a client's own tokenizer made them. */
export type TokenArray = readonly number[];

/** One thing to embed: a text, or the tokens of one. */
export type EmbeddingInput = string | TokenArray;

const bytesPerToken = 4;
/** Never occurs in UTF-8, so no text has the canonical form of a token array. */
const tokenMarker = 0xff;

/**
 * Returns the last part of an input's cache key, in lower-case hex: of a text the SHA-256 of its UTF-8, of a token array
 * the SHA-256 of the byte 0xFF followed by each token as a big-endian uint32.
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
