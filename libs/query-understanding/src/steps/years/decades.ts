/** A range of years with both ends. */
export interface ClosedRange {
  readonly from: number;
  readonly to: number;
}

const spelledDecades = [
  'twenties',
  'thirties',
  'forties',
  'fifties',
  'sixties',
  'seventies',
  'eighties',
  'nineties',
];

const portion =
  '(?:(early|mid|middle|late|beginning|start|end)(?: (?:to (?:mid|late) )?(?:of )?)?(?:the )?)?';
const name = `(?:'?(\\d{2}|\\d{3}0)s|(${spelledDecades.join('|')}|noughties|aughts|two thousands)|((?:this|last|past|previous) decade))`;

/** Matches a decade, captured in four groups: "80s", "late nineties", "early 2000s", "last decade". */
export const decade = `${portion}${name}`;

/** Returns the years of the decade that a pattern captured. */
export function decadeOf(
  [part, digits = '', spelled, relative]: readonly (string | undefined)[],
  thisYear: number,
): ClosedRange | undefined {
  if (relative && !relative.startsWith('this')) return { from: thisYear - 10, to: thisYear };
  const start = relative
    ? Math.floor(thisYear / 10) * 10
    : spelled
      ? spelledDecade(spelled)
      : digitDecade(digits);
  return start === undefined ? undefined : portionOf(start, part);
}

function portionOf(start: number, part: string | undefined): ClosedRange {
  switch (part) {
    case 'early':
    case 'beginning':
    case 'start':
      return { from: start, to: start + 3 };
    case 'mid':
    case 'middle':
      return { from: start + 4, to: start + 6 };
    case 'late':
    case 'end':
      return { from: start + 7, to: start + 9 };
    default:
      return { from: start, to: start + 9 };
  }
}

function spelledDecade(word: string): number {
  const index = spelledDecades.indexOf(word);
  return index === -1 ? 2000 : 1920 + 10 * index;
}

/** "80" is 1980, "10" is 2010, "2000" is the first decade of the century. */
function digitDecade(digits: string): number | undefined {
  const value = Number(digits);
  if (value % 10 !== 0) return undefined;
  if (digits.length === 4) return value;
  return value <= 20 ? 2000 + value : 1900 + value;
}
