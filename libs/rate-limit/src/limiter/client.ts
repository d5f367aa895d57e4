import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type KeySpace, shared } from '@app/redis';
import type { CompiledPolicy } from '../policies/compiled-policy.js';

/** Who asks, as far as is known. */
export interface Asker {
  readonly address: string;
  /** Undefined before authentication. */
  readonly tenant?: string;
  readonly keyName?: string | null;
  readonly userId?: string | undefined;
}

/** Requests without a user's name share one limit: leaving it out must be no way round. */
const anonymous = 'anonymous';

/**
 * Whose requests are counted together: a tenant and, within it, who; before authentication an address. The first part is
 * what all clients of one request share, and so their hash tag in a cluster.
 */
export function clientOf({ settings: { partition } }: CompiledPolicy, asker: Asker): readonly string[] {
  const { tenant, keyName, userId } = asker;
  if (tenant === undefined) return [addressClient(asker.address)];
  switch (partition) {
    case 'tenant':
      return [tenant];
    case 'key':
      return [tenant, keyName ?? addressClient(asker.address)];
    case 'user':
      return [tenant, userId ?? anonymous];
    case 'address':
      return [tenant, addressClient(asker.address)];
  }
}

/** What administrators call a client, taken apart again. */
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

/** `{env}:ratelimit:{policy}:{client}`. */
export function limitKey(keys: KeySpace, policy: CompiledPolicy, client: readonly string[]): string {
  const [first = '', ...rest] = client;
  const leases = policy.kind === 'l' ? ['leases'] : [];
  return keys.key('ratelimit', policy.name, shared(first), ...rest, ...leases);
}

/** An IPv4 address, or the /64 of an IPv6 one: a household or a server has a whole /64 to ask from. */
export function addressClient(address: string): string {
  if (isIPv4(address)) return address;
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = [...(parsed as ipaddr.IPv6).parts.slice(0, 4), 0, 0, 0, 0];
  return `${new ipaddr.IPv6(network).toString()}/64`;
}
