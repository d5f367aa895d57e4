const maxLevel = 127;

/** Encodes a vector of unit length as int8, scaled so that its largest component is 127 or -127. */
export function quantize(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 0 : maxLevel / largest;
  return Int8Array.from(vector, (value) => Math.round(value * scale));
}

/** Decodes vectors that lie one after the other, and scales each to unit length. */
export function dequantize(levels: Int8Array, dimensions: number): Float32Array {
  const values = new Float32Array(levels.length);
  for (let start = 0; start < levels.length; start += dimensions) {
    let squares = 0;
    for (let index = start; index < start + dimensions; index++) squares += (levels[index] as number) ** 2;
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let index = start; index < start + dimensions; index++)
      values[index] = (levels[index] as number) * scale;
  }
  return values;
}
