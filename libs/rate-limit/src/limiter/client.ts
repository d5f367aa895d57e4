import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type KeySpace, shared } from '@app/redis';
import type { CompiledPolicy } from '../policies/compiled-policy.js';

/** Who sends a request, as far as known. */
export interface Caller {
  readonly address: string;
  /** Undefined before authentication. */
  readonly tenant?: string;
  readonly keyName?: string | null;
  readonly userId?: string | undefined;
}

/** Requests without a user name share one limit, so that omitting it does not bypass the limit. */
const anonymous = 'anonymous';

/**
 * Returns the client that a request is counted for: a tenant and a part of it, or an address before authentication. All
 * clients of a request share the first part, which is their hash tag in a cluster.
 */
export function clientOf({ settings: { partition } }: CompiledPolicy, caller: Caller): readonly string[] {
  const { tenant, keyName, userId } = caller;
  if (tenant === undefined) return [addressClient(caller.address)];
  switch (partition) {
    case 'tenant':
      return [tenant];
    case 'key':
      return [tenant, keyName ?? addressClient(caller.address)];
    case 'user':
      return [tenant, userId ?? anonymous];
    case 'address':
      return [tenant, addressClient(caller.address)];
  }
}

/** Parses a client as administrators name it. */
export function parseClient(
  { settings: { partition } }: CompiledPolicy,
  isBeforeAuthentication: boolean,
  text: string,
): readonly string[] {
  if (isBeforeAuthentication) return [addressClient(text)];
  const separator = text.indexOf(':');
  if (partition === 'tenant' || separator === -1) return [text];
  const rest = text.slice(separator + 1);
  return [text.slice(0, separator), partition === 'user' ? rest : addressClient(rest)];
}

/** Returns `{env}:ratelimit:{policy}:{client}`. */
export function limitKey(keys: KeySpace, policy: CompiledPolicy, client: readonly string[]): string {
  const [first = '', ...rest] = client;
  const leases = policy.algorithm.usesLeases ? ['leases'] : [];
  return keys.key('ratelimit', policy.name, shared(first), ...rest, ...leases);
}

/** Returns an IPv4 address as it is, and the /64 of an IPv6 address, because one household or server has a whole /64. */
export function addressClient(address: string): string {
  if (isIPv4(address)) return address;
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = [...(parsed as ipaddr.IPv6).parts.slice(0, 4), 0, 0, 0, 0];
  return `${new ipaddr.IPv6(network).toString()}/64`;
}
