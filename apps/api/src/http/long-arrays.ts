import { z } from 'zod';

/** The maximum number of faults in a response. */
const maxFaults = 10;

/**
 * Refines an array of unknown items so that each must match `item`. Stops after ten invalid items: zod's own arrays report
 * every one, which takes seconds for half a million.
 */
export function everyItem<T>(item: z.ZodType<T>) {
  return (items: unknown[], context: z.RefinementCtx<unknown[]>): T[] => {
    let faults = 0;
    const valid: T[] = [];
    for (let index = 0; index < items.length && faults < maxFaults; index++) {
      const { data, error } = item.safeParse(items[index]);
      if (error) {
        faults++;
        for (const { path, message } of error.issues.slice(0, maxFaults))
          context.addIssue({ code: 'custom', path: [index, ...path], message });
      } else valid.push(data);
    }
    return valid;
  };
}
