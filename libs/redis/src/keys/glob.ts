/** Returns whether a character matches. Undefined matches any number of characters. */
type Token = ((character: string) => boolean) | undefined;

/**
 * Compiles a glob pattern of Redis (`*`, `?`, `[a-z]`, `[^a]`, and `\` as escape character), for texts that Redis cannot match
 * itself. Matching takes at most time proportional to the product of both lengths.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const tokens = tokensOf(pattern);
  return (text) => {
    let [at, index] = [0, 0];
    let [starAt, starIndex] = [-1, 0];
    while (index < text.length) {
      const token = tokens[at];
      if (at < tokens.length && token === undefined) {
        [starAt, starIndex] = [at++, index];
      } else if (token?.(text[index] as string)) {
        at++;
        index++;
      } else if (starAt >= 0) {
        // Backtrack: the last star matches one more character.
        at = starAt + 1;
        index = ++starIndex;
      } else return false;
    }
    return tokens.slice(at).every((token) => token === undefined);
  };
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] as string;
    if (character === '*') {
      if (tokens.length === 0 || tokens.at(-1) !== undefined) tokens.push(undefined);
    } else if (character === '?') tokens.push(() => true);
    else if (character === '[') {
      const [token, end] = setOf(pattern, index + 1);
      tokens.push(token);
      index = end;
    } else {
      const literal = character === '\\' && index + 1 < pattern.length ? pattern[++index] : character;
      tokens.push((other) => other === literal);
    }
  }
  return tokens;
}

/** Parses the set after an opening bracket. Without a closing one, the set is the rest of the pattern. */
function setOf(pattern: string, start: number): [token: (character: string) => boolean, end: number] {
  const isNegated = pattern[start] === '^';
  const ranges: [from: string, to: string][] = [];
  let index = isNegated ? start + 1 : start;
  for (; index < pattern.length && pattern[index] !== ']'; index++) {
    if (pattern[index] === '\\' && index + 1 < pattern.length) index++;
    const from = pattern[index] as string;
    if (pattern[index + 1] === '-' && index + 2 < pattern.length) {
      const to = pattern[index + 2] as string;
      ranges.push(from <= to ? [from, to] : [to, from]);
      index += 2;
    } else ranges.push([from, from]);
  }
  return [
    (character) => ranges.some(([from, to]) => character >= from && character <= to) !== isNegated,
    index,
  ];
}
