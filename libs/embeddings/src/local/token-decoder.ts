import type { TokenArray } from '../embedding-input.js';
import { EmbeddingsRequestError } from '../embeddings.errors.js';

/**
 * Decodes tokens of OpenAI's embedding models (cl100k_base) to text. Clients use the same vocabulary for models that they do
 * not know. The vocabulary takes about 80 ms and 40 MB, so it is loaded with the first token array.
 */
export class TokenDecoder {
  private vocabulary: Promise<typeof import('gpt-tokenizer/encoding/cl100k_base')> | undefined;

  /**
   * Returns the text that the tokens encode.
   *
   * @param item the index of the token array in the request, for the error message
   * @throws EmbeddingsRequestError for a token that is not in the vocabulary
   */
  async decode(tokens: TokenArray, item: number): Promise<string> {
    this.vocabulary ??= import('gpt-tokenizer/encoding/cl100k_base');
    const { decode } = await this.vocabulary;
    try {
      return decode(tokens);
    } catch (error) {
      const token = unknownTokenOf(error);
      if (token === undefined) throw error;
      throw new EmbeddingsRequestError(
        `Item ${item} of "input" contains the token ${token} at position ${tokens.indexOf(token)}, which is not in cl100k_base. ` +
          'Send tokens of that vocabulary, or text.',
        'input',
        'invalid_value',
      );
    }
  }
}

/** Extracts the token from the package's error message, which is its only source. */
function unknownTokenOf(error: unknown): number | undefined {
  const digits = /^Token (\d+) /.exec(error instanceof Error ? error.message : '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
