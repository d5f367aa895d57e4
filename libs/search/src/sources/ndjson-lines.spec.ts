import { describe, expect, it } from '@jest/globals';
import { ndjsonLines } from './ndjson-lines.js';

async function* split(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function linesOf(text: string, size: number, maxLineBytes = 100) {
  const lines: [number, string | undefined][] = [];
  for await (const { number, bytes } of ndjsonLines(split(text, size), maxLineBytes))
    lines.push([number, bytes?.toString()]);
  return lines;
}

describe(ndjsonLines.name, () => {
  it.each([1, 2, 3, 7, 1_000])('returns the same lines from pieces of %d bytes', async (size) => {
    expect(await linesOf('{"a":"ñ"}\n\n{"b":2}\r\n  \n{"c":3}', size)).toEqual([
      [1, '{"a":"ñ"}'],
      [3, '{"b":2}\r'],
      [5, '{"c":3}'],
    ]);
    expect(await linesOf('{"a":1}\n', size)).toEqual([[1, '{"a":1}']]);
    expect(await linesOf('', size)).toEqual([]);
  });

  it.each([1, 64, 10_000])('skips a line that is too long, in pieces of %d bytes', async (size) => {
    expect(await linesOf(`a\n${'x'.repeat(5_000)}\nb\n${'y'.repeat(101)}`, size)).toEqual([
      [1, 'a'],
      [2, undefined],
      [3, 'b'],
      [4, undefined],
    ]);
    expect(await linesOf('x'.repeat(100), size)).toEqual([[1, 'x'.repeat(100)]]);
  });
});
