const bytesPerDimension = 4;

/** Encodes a vector like the OpenAI API's `encoding_format: "base64"`: little-endian float32 in base64. */
export function vectorToBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

/** Decodes the output of `vectorToBase64`. Returns undefined if the text does not encode whole float32 numbers. */
export function vectorFromBase64(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % bytesPerDimension !== 0) return undefined;
  const aligned = new ArrayBuffer(bytes.length);
  bytes.copy(Buffer.from(aligned));
  return new Float32Array(aligned);
}
