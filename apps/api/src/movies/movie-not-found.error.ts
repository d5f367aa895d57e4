export class MovieNotFoundError extends Error {
  constructor(readonly id: number) {
    super(`There is no movie ${id}`);
    this.name = MovieNotFoundError.name;
  }
}
