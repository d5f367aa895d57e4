import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { QU_VERSION, understandingSchema } from './understanding.js';

/**
 * The document's shape at each version. When this fails, the shape has changed: raise QU_VERSION, add its line here and
 * leave the older ones as they are.
 */
const shapes: Readonly<Record<number, string>> = {
  1: 'f7e0a08858cd83960dadc052273cb14f99c8959bfcc2eb3c1908db2d6f263086',
};

describe('QU_VERSION', () => {
  it("changes with the document's shape", () => {
    const shape = createHash('sha256')
      .update(JSON.stringify(z.toJSONSchema(understandingSchema)))
      .digest('hex');
    expect(shape).toBe(shapes[QU_VERSION]);
    expect(Math.max(...Object.keys(shapes).map(Number))).toBe(QU_VERSION);
  });
});
