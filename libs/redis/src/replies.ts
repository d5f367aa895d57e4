/** Returns alternating fields and values, as in the replies of hashes, stream entries and XINFO, as pairs. */
export function pairsOf(flat: readonly unknown[]): [field: string, value: unknown][] {
  return Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [
    String(flat[2 * index]),
    flat[2 * index + 1],
  ]);
}
