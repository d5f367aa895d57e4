import type { BodyLimits } from './body-limits.js';

export const maxDepth = 32;

const [quote, comma, colon, openBracket, backslash, closeBracket, openBrace, closeBrace] = [
  0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
];

/**
 * Counts what makes JSON expensive to parse, chunk by chunk, in one linear pass over the bytes. A malicious body takes no
 * longer than any other of its length. The scanner does not check the syntax, which is the parser's job.
 */
export class JsonScanner {
  private depth = 0;
  private values = 1;
  private structures = 0;
  private isInString = false;
  private isEscaped = false;

  constructor(private readonly limits: Pick<BodyLimits, 'maxValues' | 'maxStructures'>) {}

  /** Returns an error message as soon as a limit is exceeded, and undefined until then. */
  scan(chunk: Uint8Array): string | undefined {
    const { maxValues, maxStructures } = this.limits;
    let { depth, values, structures, isInString, isEscaped } = this;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isInString = false;
        continue;
      }
      switch (byte) {
        case quote:
          isInString = true;
          break;
        case comma:
          if (++values > maxValues) return `contains more than ${maxValues} values`;
          break;
        case openBracket:
        case openBrace:
          if (++depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
          if (++values > maxValues) return `contains more than ${maxValues} values`;
          if (++structures > maxStructures)
            return `contains more than ${maxStructures} objects, arrays and fields`;
          break;
        case colon:
          if (++structures > maxStructures)
            return `contains more than ${maxStructures} objects, arrays and fields`;
          break;
        case closeBracket:
        case closeBrace:
          depth--;
          break;
      }
    }
    this.depth = depth;
    this.values = values;
    this.structures = structures;
    this.isInString = isInString;
    this.isEscaped = isEscaped;
    return undefined;
  }
}
