/** The first parts of keys that are cached values: their changes are told to every process, and a purge may delete them. */
export const cachedKinds = ['emb', 'qu', 'tmdb', 'cache'] as const;
