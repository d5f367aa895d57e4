/** The language model's answer is not what it was asked for. */
export class InvalidModelAnswerError extends Error {
  constructor(detail: string) {
    super(`The language model: ${detail}`);
    this.name = InvalidModelAnswerError.name;
  }
}
