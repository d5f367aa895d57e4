const maxErrorBytes = 65_536;

/** The response body exceeds the limit. */
export class ResponseTooLargeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`the response is larger than ${maxBytes} bytes`);
    this.name = ResponseTooLargeError.name;
  }
}

/**
 * Returns the text of a body. Stops reading and closes the connection as soon as the body exceeds `maxBytes`.
 *
 * @throws ResponseTooLargeError
 */
export async function readResponse(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const { text, isWhole } = await readUpTo(body, maxBytes);
  if (!isWhole) throw new ResponseTooLargeError(maxBytes);
  return text;
}

/** Returns the beginning of the body of an error response. */
export async function readErrorResponse(body: AsyncIterable<Buffer>): Promise<string> {
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
      // Leaving the loop destroys the body and closes the connection.
      break;
    }
    chunks.push(chunk);
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), isWhole };
}
