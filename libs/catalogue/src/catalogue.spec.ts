import { describe, expect, it } from '@jest/globals';
import { Catalogue } from './catalogue.js';

describe(Catalogue.name, () => {
  const { films } = new Catalogue();

  it('holds only films that are whole', () => {
    expect(films.length).toBeGreaterThan(3000);
    for (const film of films) {
      expect(typeof film.title).toBe('string');
      expect(film.title.trim()).toBe(film.title);
      expect(film.releaseDate).toMatch(/^(19|20)\d\d-\d\d-\d\d$/);
      expect(film.releaseDate < '2011').toBe(true);
      expect(film.id).toBeGreaterThan(1_000_000_000);
    }
    expect(new Set(films.map(({ id }) => id)).size).toBe(films.length);
  });

  it("has mended the dataset's faults", () => {
    const titles = new Set(films.map(({ title }) => title));
    for (const title of ['300', 'Léon', 'Das Boot']) expect(titles).toContain(title);
    expect(films.find(({ title }) => title === 'Gone with the Wind')?.releaseDate).toBe('1939-12-15');
    expect(
      films.filter(({ title }) => title === 'King Kong').map(({ releaseDate }) => releaseDate.slice(0, 4)),
    ).toEqual(['1933', '1976', '2005']);
  });

  it('finds a film by its id', () => {
    const catalogue = new Catalogue();
    expect(catalogue.find(films[0]?.id as number)?.title).toBe('The Land Girls');
    expect(catalogue.find(42)).toBeUndefined();
  });
});
