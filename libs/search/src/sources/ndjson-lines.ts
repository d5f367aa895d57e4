/** A line of an NDJSON file. */
export interface NdjsonLine {
  /** 1 for the first. */
  readonly number: number;
  /** Undefined if the line is longer than allowed. */
  readonly bytes: Buffer | undefined;
}

const newline = 0x0a;

/** Splits a stream into lines. A line that is too long is not held in memory. Blank lines are omitted. */
export async function* ndjsonLines(
  source: AsyncIterable<Buffer>,
  maxLineBytes: number,
): AsyncGenerator<NdjsonLine> {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const finish = (): NdjsonLine => {
    const bytes = length > maxLineBytes ? undefined : Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
    return { number: number++, bytes };
  };
  const add = (piece: Buffer): void => {
    length += piece.length;
    if (length > maxLineBytes) pieces = [];
    else pieces.push(piece);
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end));
      const line = finish();
      if (!isBlank(line)) yield line;
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  const last = finish();
  if (!isBlank(last)) yield last;
}

const isBlank = ({ bytes }: NdjsonLine): boolean => bytes?.toString('latin1').trim() === '';
