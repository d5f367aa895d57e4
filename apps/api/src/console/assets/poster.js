import { element, svgElement as svg } from './dom.js';
import { motifFor } from './poster-motifs.js';

/** Hue distances that look well together. */
const hueSteps = [35, 150, 180, 210, 325];

/**
 * Draws a typographic poster: the title over a motif of the main genre. The colors and the arrangement are derived from the
 * title, so a movie always has the same poster. Screen readers skip it, because the card has the same words.
 */
export function poster({ title, releaseDate, directors, genres }) {
  const random = randomFrom(title);
  const hue = Math.floor(random() * 360);
  const accentHue = hue + hueSteps[Math.floor(random() * hueSteps.length)];
  const created = element(
    'div',
    { class: 'poster', 'aria-hidden': 'true' },
    svg(
      'svg',
      { viewBox: '0 0 100 150', preserveAspectRatio: 'xMidYMid slice' },
      ...motifFor(genres, random),
    ),
    element('span', { class: 'poster-title' }, title),
    element(
      'span',
      { class: 'poster-foot' },
      [directors[0], releaseDate?.slice(0, 4)].filter(Boolean).join(' · '),
    ),
  );
  // The content security policy forbids style attributes, and allows this.
  created.style.setProperty('--hue', hue);
  created.style.setProperty('--accent-hue', accentHue % 360);
  created.style.setProperty('--title-size', titleSize(title));
  return created;
}

/** Returns the font size in percent of the poster's width, such that the longest word fits in it. */
function titleSize(title) {
  const longestWord = Math.max(...title.split(/\s+/).map((word) => word.length));
  return Math.min(34, 165 / longestWord, 95 / Math.sqrt(title.length)).toFixed(1);
}

/** Returns a generator of numbers from 0 to 1 that depend on the text alone (FNV-1a, then mulberry32). */
function randomFrom(text) {
  let seed = 0x811c9dc5;
  for (const character of text) seed = Math.imul(seed ^ character.codePointAt(0), 0x01000193);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
