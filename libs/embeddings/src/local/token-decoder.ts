import type { TokenArray } from '../embedding-input.js';
import { EmbeddingsRequestError } from '../embeddings.errors.js';

/**
 * Turns tokens of OpenAI's embedding models (cl100k_base) back into text. Clients fall back to the same vocabulary for
 * models that they do not know. Loading it takes some 80 ms and 40 MB, so the first token array does.
 */
export class TokenDecoder {
  private vocabulary: Promise<typeof import('gpt-tokenizer/encoding/cl100k_base')> | undefined;

  /**
   * Returns the text that these tokens stand for.
   *
   * @param item position of the token array in the request, for the error
   * @throws EmbeddingsRequestError for a token that the vocabulary does not have
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
        `Item ${item} of "input" holds the token ${token} at position ${tokens.indexOf(token)}, which cl100k_base does not have. ` +
          'Send tokens of that vocabulary, or text.',
        'input',
        'invalid_value',
      );
    }
  }
}

/** The package names the token in its message only. */
function unknownTokenOf(error: unknown): number | undefined {
  const digits = /^Token (\d+) /.exec(error instanceof Error ? error.message : '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
