/** Enough for any error message. */
const maxErrorBytes = 65_536;

/** The answer is larger than its reader allows. */
export class AnswerTooLargeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
    this.name = AnswerTooLargeError.name;
  }
}

/**
 * Returns a body's text. Reading stops, and the connection is cut, as soon as it is larger than `maxBytes`.
 *
 * @throws AnswerTooLargeError
 */
export async function readAnswer(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const { text, isWhole } = await readUpTo(body, maxBytes);
  if (!isWhole) throw new AnswerTooLargeError(maxBytes);
  return text;
}

/** Returns the beginning of an error's body. */
export async function readErrorAnswer(body: AsyncIterable<Buffer>): Promise<string> {
  return (await readUpTo(body, maxErrorBytes)).text;
}

async function readUpTo(body: AsyncIterable<Buffer>, maxBytes: number) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isWhole = true;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      isWhole = false;
      // Leaving the loop destroys the body, and with it the connection.
      break;
    }
    chunks.push(chunk);
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), isWhole };
}
