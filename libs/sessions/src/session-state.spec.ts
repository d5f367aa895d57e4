import { describe, expect, it } from '@jest/globals';
import { MAX_STATE_BYTES } from './session.js';
import { depthOf, mergePatch, parseState, toStateJson } from './session-state.js';

describe(mergePatch.name, () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j by %j is %j', (target, patch, merged) => {
    expect(mergePatch(target, patch)).toEqual(merged);
  });

  it('treats "__proto__" as a name like any other', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"isAdmin": true}}'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"isAdmin":true}}');
    expect((merged as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe(depthOf.name, () => {
  it.each([
    [1, 0],
    [{}, 1],
    [{ a: 1 }, 1],
    [{ a: [], b: { c: [{ d: 1 }] } }, 4],
  ])('of %j is %d', (value, depth) => {
    expect(depthOf(value)).toBe(depth);
  });
});

describe(toStateJson.name, () => {
  it('counts bytes, not characters', () => {
    const overhead = '{"a":""}'.length;
    expect(toStateJson({ a: 'x'.repeat(MAX_STATE_BYTES - overhead) })).toHaveLength(MAX_STATE_BYTES);
    expect(() => toStateJson({ a: 'é'.repeat(MAX_STATE_BYTES / 2) })).toThrow('must be at most 65536 bytes');
  });
});

describe(parseState.name, () => {
  it.each([undefined, 'active', '[1]', '{broken'])('finds no state in %j', (text) => {
    expect(parseState(text)).toBeUndefined();
  });
});
