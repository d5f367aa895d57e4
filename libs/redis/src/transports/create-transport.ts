import type { RedisAddress } from '@app/config';
import type { BoundedCalls } from '../calls/bounded-calls.js';
import { ClusterTransport } from './cluster.transport.js';
import type { RedisTransport } from './redis-transport.js';
import { StandaloneTransport } from './standalone.transport.js';

/** Creates the transport for a target's address. */
export const createTransport = ({ kind }: RedisAddress, calls: BoundedCalls): RedisTransport =>
  kind === 'cluster' ? new ClusterTransport(calls) : new StandaloneTransport(calls);
