/** The TTLs that the guides name, in seconds: `SESSION_TTL`, `SHORT_TERM_TTL`, and `LONG_TERM_TTL`. */
export const SESSION_TTL_SECONDS = 3_600;
export const SHORT_TTL_SECONDS = 1_800;
export const LONG_TTL_SECONDS = 86_400;
