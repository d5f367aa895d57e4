/** A part that a session's or a set's keys share; in Cluster mode it becomes their hash tag. */
export class SharedPart {
  constructor(readonly value: string) {}
}

export const shared = (value: string): SharedPart => new SharedPart(value);

/** What most parts are made of. */
const plain = /^[\w./@~-]+$/;
// "%" too, or an encoded part could equal one that merely looks encoded.
const unsafe = /[:\s{}%\p{Cc}]/gu;

/**
 * Percent-encodes what could lead a client-chosen part into another namespace: colons, white space, braces,
 * control characters and the percent sign.
 *
 * @throws RangeError for an empty part or one that is not well-formed Unicode
 */
export function encodeKeyPart(part: string): string {
  if (plain.test(part)) return part;
  if (part === '') throw new RangeError('A part of a Redis key must not be empty');
  if (!part.isWellFormed()) throw new RangeError('A part of a Redis key must be well-formed Unicode');
  return part.replace(unsafe, (character) => encodeURIComponent(character));
}

/** Builds every key: `{env}:` and encoded parts, at the call site. */
export class KeySpace {
  constructor(
    readonly environment: string,
    /** Whether shared parts become hash tags. Keys without a shared part in common may then be on different nodes. */
    readonly isClustered: boolean,
  ) {}

  /** `key('tmdb', 'movie', '42')` is `prod:tmdb:movie:42`. */
  key(...parts: (string | SharedPart)[]): string {
    let key = this.environment;
    for (const part of parts) key += `:${this.render(part)}`;
    return key;
  }

  private render(part: string | SharedPart): string {
    if (typeof part === 'string') return encodeKeyPart(part);
    return this.isClustered ? `{${encodeKeyPart(part.value)}}` : encodeKeyPart(part.value);
  }
}
