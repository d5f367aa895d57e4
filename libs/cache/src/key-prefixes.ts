/** `cache` is always registered: other programs write generic keys, too. */
const registered = new Set(['cache']);

/** Registers the first part of a namespace's keys. */
export function registerKeyPrefix(firstPart: string): void {
  registered.add(firstPart);
}

/** Returns the first part, after the environment, of every key that holds a cached value, in alphabetical order. */
export const registeredKeyPrefixes = (): string[] => [...registered].toSorted();
