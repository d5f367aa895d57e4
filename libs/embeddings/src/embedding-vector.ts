const bytesPerDimension = 4;

/** Little-endian float32 in base64: the OpenAI API's `encoding_format: "base64"`. */
export function vectorToBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

/** The reverse of `vectorToBase64`, or undefined where the text is not base64 of whole float32s. */
export function vectorFromBase64(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % bytesPerDimension !== 0) return undefined;
  const aligned = new ArrayBuffer(bytes.length);
  bytes.copy(Buffer.from(aligned));
  return new Float32Array(aligned);
}
