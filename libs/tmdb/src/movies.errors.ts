/** TMDB's answer is not what its documentation says. */
export class InvalidMovieError extends Error {
  constructor(detail: string) {
    super(`TMDB: ${detail}`);
    this.name = InvalidMovieError.name;
  }
}
