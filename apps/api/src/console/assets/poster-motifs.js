import { svgElement as svg } from './dom.js';

const times = (count, create) => Array.from({ length: count }, (_, index) => create(index));
const circle = (cx, cy, r, shade) => svg('circle', { cx, cy, r, class: shade });
const polygon = (points, shade) => svg('polygon', { points: points.flat().join(' '), class: shade });

/** A motif draws shapes on a canvas of 100 × 150. The classes are shades that keep the title legible. */
const motifs = {
  /** Light through blinds. */
  blinds: (random) => {
    const slant = 10 + 25 * random();
    const fromY = 20 * random();
    return times(9, (index) => {
      const y = fromY + 17 * index;
      return polygon(
        [
          [0, y + slant],
          [100, y],
          [100, y + 5 + index / 2],
          [0, y + slant + 7],
        ],
        index % 3 ? 'shade' : 'accent',
      );
    });
  },
  /** Orbits around a planet. */
  orbits: (random) => {
    const [x, y] = [20 + 60 * random(), 60 + 70 * random()];
    return [
      ...times(5, (index) => svg('circle', { cx: x, cy: y, r: 26 + 17 * index, class: 'ring' })),
      circle(x, y, 16, 'accent'),
      circle(x + 30 * random() - 15, y - 43, 4, 'shade'),
    ];
  },
  /** Teeth from below and above. */
  teeth: (random) =>
    times(7, (index) => {
      const x = index * 16 - 6;
      return [
        polygon(
          [
            [x, 151],
            [x + 9, 80 + 45 * random()],
            [x + 18, 151],
          ],
          'shade',
        ),
        polygon(
          [
            [x + 4, -1],
            [x + 12, 15 + 35 * random()],
            [x + 20, -1],
          ],
          'accent',
        ),
      ];
    }).flat(),
  /** Two circles that meet. */
  pair: (random) => {
    const [y, distance] = [65 + 50 * random(), 17 + 8 * random()];
    return [circle(50 - distance, y, 32, 'shade'), circle(50 + distance, y + 8, 32, 'accent')];
  },
  /** A sun above hills. */
  horizon: (random) => {
    const height = 85 + 20 * random();
    const hill = (shade, top) =>
      svg('path', {
        d: `M0 ${top} Q${30 + 40 * random()} ${top - 35} 100 ${top + 8} V150 H0 Z`,
        class: shade,
      });
    return [
      circle(25 + 50 * random(), height - 12, 21, 'accent'),
      hill('shade', height),
      hill('deep', height + 22),
    ];
  },
  /** Confetti. */
  confetti: (random) =>
    times(22, (index) =>
      circle(100 * random(), 150 * random(), 3 + 8 * random(), index % 2 ? 'accent' : 'shade'),
    ),
  /** Rays of a burst. */
  rays: (random) => {
    const [x, y, turn] = [25 + 50 * random(), 50 + 60 * random(), random()];
    const at = (angle) => [x + 190 * Math.cos(angle), y + 190 * Math.sin(angle)];
    return [
      ...times(12, (index) => {
        const angle = turn + (index * Math.PI) / 6;
        return polygon([[x, y], at(angle), at(angle + 0.25)], 'shade');
      }),
      circle(x, y, 13, 'accent'),
    ];
  },
  /** Arches, one in another. */
  arches: (random) => {
    const x = 30 + 40 * random();
    return times(4, (index) => {
      const r = 46 - 11 * index;
      return svg('path', {
        d: `M${x - r} 151 V${70 + 8 * index} a${r} ${r} 0 0 1 ${2 * r} 0 V151 Z`,
        class: ['deep', 'shade', 'deep', 'accent'][index],
      });
    });
  },
};

const motifOfGenre = {
  Action: motifs.rays,
  Adventure: motifs.horizon,
  Animation: motifs.confetti,
  Comedy: motifs.confetti,
  Crime: motifs.blinds,
  Family: motifs.confetti,
  Fantasy: motifs.orbits,
  Horror: motifs.teeth,
  Music: motifs.rays,
  Mystery: motifs.blinds,
  Romance: motifs.pair,
  'Science Fiction': motifs.orbits,
  Thriller: motifs.blinds,
  War: motifs.rays,
  Western: motifs.horizon,
};

/** Returns the shapes of the motif of the first genre that has one. */
export function motifFor(genres, random) {
  const named = genres.find((genre) => motifOfGenre[genre]);
  return (motifOfGenre[named] ?? motifs.arches)(random);
}
