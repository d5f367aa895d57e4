import { beforeEach, describe, expect, it } from '@jest/globals';
import { NameIndex } from './name-index.js';

let names: NameIndex<number>;
beforeEach(() => {
  names = new NameIndex();
  for (const [index, title] of [
    'The Shawshank Redemption',
    'Blade Runner',
    'Blade Runner 2049',
    'Amélie',
    'WALL·E',
    '2001: A Space Odyssey',
    'It',
    'The The',
    '千と千尋の神隠し',
  ].entries())
    names.add(title, index);
});
const nearest = (text: string, limit = 5) => names.nearest(text, limit).map(({ value }) => value);

describe('nearest', () => {
  it.each([
    ['the shawshank redemption', 0],
    ['shawshank redemption', 0],
    ['Shawshenk Redemtion', 0],
    ['bladerunner', 1],
    ['blade runer 2049', 2],
    ['amelie', 3],
    ['walle', 4],
    ['2001 a space odissey', 5],
    ['it', 6],
    ['the the', 7],
    ['千と千尋の神隠し', 8],
  ])('%j is nearest to its title', (text, value) => {
    expect(nearest(text)[0]).toBe(value);
  });

  it('rates only the exact text 1', () => {
    expect(names.nearest('Blade Runner', 1)).toEqual([{ value: 1, similarity: 1 }]);
    const [spaceless] = names.nearest('bladerunner', 1);
    expect(spaceless?.similarity).toBe(0.99);
    const [typo] = names.nearest('blade runer', 1);
    expect(typo?.similarity).toBeCloseTo(1 - 1 / 11);
  });

  it('returns the nearest first, up to the limit', () => {
    const found = names.nearest('blade runner 204', 5);
    expect(found.map(({ value }) => value)).toEqual([2, 1]);
    expect(nearest('blade runner 204', 1)).toEqual([2]);
  });

  it.each(['', '  ', '!?', 'runner', 'completely different words', '\ud800'])(
    '%j is near to nothing',
    (text) => {
      expect(nearest(text)).toEqual([]);
    },
  );

  it('does not index a name without letters or digits', () => {
    names.add('!!!', 99);
    expect(nearest('!!!')).toEqual([]);
  });
});

describe('completions', () => {
  const completions = (prefix: string) => [...names.completions(prefix)];

  it('returns names that begin with the prefix, and those of which a word does', () => {
    expect(completions('blade')).toEqual([
      { value: 1, isStart: true },
      { value: 2, isStart: true },
    ]);
    expect(completions('odys')).toEqual([{ value: 5, isStart: false }]);
    expect(completions('Ame')).toEqual([{ value: 3, isStart: true }]);
  });

  it.each(['', '  ', '...', 'lade'])('%j completes nothing', (prefix) => {
    expect(completions(prefix)).toEqual([]);
  });
});

describe('nearCompletions', () => {
  const nearCompletions = (prefix: string) => [...names.nearCompletions(prefix)];

  it('admits one typo in a short prefix and two in a longer one', () => {
    expect(nearCompletions('blde')).toEqual([1, 2]);
    expect(nearCompletions('balde')).toEqual([1, 2]);
    expect(nearCompletions('bladde')).toEqual([1, 2]);
    expect(nearCompletions('shwshenk')).toEqual([0]);
    expect(nearCompletions('bxyde')).toEqual([]);
    expect(nearCompletions('bladerunning')).toEqual([]);
  });

  it('needs four letters, and the first of them right', () => {
    expect(nearCompletions('bld')).toEqual([]);
    expect(nearCompletions('plade')).toEqual([]);
  });
});
