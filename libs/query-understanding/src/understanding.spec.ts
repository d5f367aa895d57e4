import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { QU_VERSION, understandingSchema } from './understanding.js';

/**
 * The hash of the document's shape for each version. If this test fails, the shape has changed: increment QU_VERSION and add
 * a line here. Do not change older lines.
 */
const shapes: Readonly<Record<number, string>> = {
  1: 'f7e0a08858cd83960dadc052273cb14f99c8959bfcc2eb3c1908db2d6f263086',
  2: 'af1ed38e49e336a3fd082ab60dd574d19dd1198ca65c98dad286d9a87a0b5bf4',
};

describe('QU_VERSION', () => {
  it("is incremented when the document's shape changes", () => {
    const shape = createHash('sha256')
      .update(JSON.stringify(z.toJSONSchema(understandingSchema)))
      .digest('hex');
    expect(shape).toBe(shapes[QU_VERSION]);
    expect(Math.max(...Object.keys(shapes).map(Number))).toBe(QU_VERSION);
  });
});
