/** Vectors of all movies in one block, searched exactly. Rows without a vector are zero and never found. */
export class VectorTable {
  private readonly values: Float32Array;
  private readonly present: Uint8Array;

  constructor(
    rows: number,
    readonly dimensions: number,
  ) {
    this.values = new Float32Array(rows * dimensions);
    this.present = new Uint8Array(rows);
  }

  set(row: number, vector: Float32Array): void {
    this.values.set(vector, row * this.dimensions);
    this.present[row] = 1;
  }

  get(row: number): Float32Array | undefined {
    if (!this.present[row]) return undefined;
    return this.values.subarray(row * this.dimensions, (row + 1) * this.dimensions);
  }

  /** Returns the cosine similarity of each row with the vector; -1 for rows without one or not in the mask. */
  similarities(vector: Float32Array, mask: Uint8Array): Float32Array {
    const { values, present, dimensions } = this;
    const similarities = new Float32Array(present.length).fill(-1);
    for (let row = 0; row < present.length; row++) {
      if (!present[row] || !mask[row]) continue;
      const start = row * dimensions;
      // Four sums let the processor work on several products at once.
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let i = 0; i < dimensions; i += 4) {
        a += (values[start + i] as number) * (vector[i] as number);
        b += (values[start + i + 1] as number) * (vector[i + 1] as number);
        c += (values[start + i + 2] as number) * (vector[i + 2] as number);
        d += (values[start + i + 3] as number) * (vector[i + 3] as number);
      }
      similarities[row] = a + b + c + d;
    }
    return similarities;
  }
}
