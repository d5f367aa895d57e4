import { describe, expect, it } from '@jest/globals';
import { JsonScanner, maxDepth } from './json-scanner.js';

const scan = (json: string, maxValues = 1_000, maxStructures = 1_000): string | undefined =>
  new JsonScanner({ maxValues, maxStructures }).scan(Buffer.from(json));
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe(JsonScanner.name, () => {
  it('limits depth, ignoring strings', () => {
    expect(scan(nested(maxDepth))).toBeUndefined();
    expect(scan(nested(maxDepth + 1))).toMatch('nested deeper than 32 levels');
    expect(scan(`[${`${nested(20)},`.repeat(20)}1]`)).toBeUndefined();
    expect(scan(String.raw`["${'['.repeat(100)}", "\"${'['.repeat(100)}", "\\"]`)).toBeUndefined();
    expect(scan(String.raw`["\\", ${nested(maxDepth)}]`)).toMatch('nested deeper');
  });

  it('limits values, and expensive ones separately', () => {
    expect(scan('[1,2,3]', 4)).toBeUndefined();
    expect(scan('[1,2,3,4]', 4)).toMatch('more than 4 values');
    expect(scan('{"a":1,"b":[]}', 9, 4)).toBeUndefined();
    expect(scan('{"a":1,"b":[{}]}', 9, 4)).toMatch('more than 4 objects, arrays and fields');
    expect(scan('["{}[],:,:", ":,"]', 3, 1)).toBeUndefined();
  });

  it('returns the same result however a body is split', () => {
    const json = String.raw`{"a\\":"\"[,:","b":[1,[2,{"c":"\\"}]]}`;
    const [values, structures] = [8, 7];
    for (let cut = 0; cut <= json.length; cut++) {
      for (const [maxValues, isFine] of [
        [values, true],
        [values - 1, false],
      ] as const) {
        const scanner = new JsonScanner({ maxValues, maxStructures: structures });
        const faults = [json.slice(0, cut), json.slice(cut)].map((part) => scanner.scan(Buffer.from(part)));
        expect([cut, maxValues, faults.every((fault) => fault === undefined)]).toEqual([
          cut,
          maxValues,
          isFine,
        ]);
      }
    }
  });

  it('scans malicious bodies in linear time', () => {
    for (const hostile of [String.raw`\"`, '"', '\\', '"\\', ' '])
      expect(scan(hostile.repeat(2_000_000))).toBeUndefined();
  });
});
