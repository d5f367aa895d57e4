/** The response of the language model does not match the request. */
export class InvalidModelResponseError extends Error {
  constructor(detail: string) {
    super(`The language model: ${detail}`);
    this.name = InvalidModelResponseError.name;
  }
}
