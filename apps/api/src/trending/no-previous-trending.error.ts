export class NoPreviousTrendingError extends Error {
  constructor() {
    super('There is no previous set to go back to');
    this.name = NoPreviousTrendingError.name;
  }
}
