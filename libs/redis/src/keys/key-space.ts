/** A part that the keys of a session or a set have in common. In Cluster mode it becomes their hash tag. */
export class SharedPart {
  constructor(readonly value: string) {}
}

/** Marks a part as shared: `key('session', shared(id), 'metadata')`. */
export const shared = (value: string): SharedPart => new SharedPart(value);

/** Parts that need no encoding. */
const plain = /^[\w./@~-]+$/;
// Includes "%", so that a part that looks encoded differs from an encoded one.
const unsafe = /[:\s{}%\p{Cc}]/gu;

/**
 * Percent-encodes the characters with which a client-chosen part could reach another namespace: colons, white space,
 * braces, control characters and the percent sign.
 *
 * @throws RangeError if the part is empty or not well-formed Unicode
 */
export function encodeKeyPart(part: string): string {
  if (plain.test(part)) return part;
  if (part === '') throw new RangeError('A part of a Redis key must not be empty');
  if (!part.isWellFormed()) throw new RangeError('A part of a Redis key must be well-formed Unicode');
  return part.replace(unsafe, (character) => encodeURIComponent(character));
}

/** Builds keys: `{env}:` followed by encoded parts. */
export class KeySpace {
  constructor(
    readonly environment: string,
    /** Whether shared parts become hash tags. Keys without a shared part in common may then be on different nodes. */
    readonly isClustered: boolean,
  ) {}

  /** Returns a key: `key('tmdb', 'movie', '42')` is `prod:tmdb:movie:42`. */
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
