import type { Outcome } from '@app/redis';

/** Returns a short description of why a call to Redis failed. */
export const faultOf = (outcome: Outcome<unknown>): string =>
  'fault' in outcome ? outcome.fault.code : 'no reply in time';
