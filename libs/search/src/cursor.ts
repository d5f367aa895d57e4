import { InvalidCursorError } from './search.errors.js';

const notReturned = 'must be a nextCursor of an earlier response';

/** Returns an opaque cursor: where the next page of this request begins. */
export const encodeCursor = (requestHash: string, offset: number): string =>
  Buffer.from(JSON.stringify([requestHash.slice(0, 16), offset])).toString('base64url');

/**
 * Returns where the page begins.
 *
 * @throws InvalidCursorError for a cursor that is malformed or belongs to another request
 */
export function decodeCursor(cursor: string, requestHash: string): number {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursorError(notReturned);
  }
  const [hash, offset] = Array.isArray(content) ? (content as unknown[]) : [];
  if (typeof hash !== 'string' || !Number.isSafeInteger(offset) || (offset as number) < 0)
    throw new InvalidCursorError(notReturned);
  if (hash !== requestHash.slice(0, 16))
    throw new InvalidCursorError(
      'belongs to a request with another query, other filters, or other exclusions',
    );
  return offset as number;
}
