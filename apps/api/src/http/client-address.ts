import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Maximum number of trusted proxies in a chain. In a longer chain, the last of these counts as the client. */
const maxHops = 16;

interface Peer {
  readonly address: string;
  readonly isTrusted: boolean;
}

/**
 * Determines the address that a request comes from: the peer's or, where the peer is a trusted proxy, the last address in
 * `X-Forwarded-For` that is not a trusted proxy itself. Entries before that address may be forged by the client.
 */
export class ClientAddresses {
  private readonly peers = new WeakMap<Socket, Peer>();

  constructor(private readonly isTrustedProxy: (address: string) => boolean) {}

  of({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    const { address, isTrusted } = this.peerOf(socket);
    const forwardedFor = headers['x-forwarded-for'];
    // Node joins repeated fields.
    if (!isTrusted || typeof forwardedFor !== 'string') return address;
    return lastUntrusted(address, forwardedFor, this.isTrustedProxy);
  }

  /** Returns the peer of a connection. It is cached because the system call takes longer than everything else here. */
  peerOf(socket: Socket): Peer {
    let peer = this.peers.get(socket);
    if (!peer) {
      const address = parseAddress(socket.remoteAddress ?? '') ?? '';
      peer = { address, isTrusted: this.isTrustedProxy(address) };
      this.peers.set(socket, peer);
    }
    return peer;
  }
}

function lastUntrusted(peer: string, forwardedFor: string, isTrusted: (address: string) => boolean): string {
  let client = peer;
  let end = forwardedFor.length;
  for (let hop = 0; hop < maxHops && end >= 0; hop++) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const entry = forwardedFor.slice(comma + 1, end).trim();
    end = end === 0 ? -1 : comma;
    if (entry === '') continue;
    const address = parseAddress(entry);
    // An entry such as "unknown": the proxy that wrote it is the closest known address.
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address)) return client;
  }
  return client;
}

/**
 * Parses an address in the formats that proxies use: `203.0.113.1`, `203.0.113.1:1001`, `2001:db8::1`, `[2001:db8::1]`,
 * `"[2001:db8::1]:443"`, `fe80::1%eth0`. Port, brackets, quotes and zone are dropped, an IPv4-mapped IPv6 address becomes the
 * IPv4 address, and any other IPv6 address gets its shortest form. Returns undefined for anything else.
 */
export function parseAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const plain = text.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, v4] = /^(?:\[([^\]]*)\](?::\w*)?|(\d[\d.]*)(?::\w*)?)$/.exec(plain) ?? [];
  const address = (bracketed ?? v4 ?? plain).replace(/%.*$/, '');
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return ipaddr.process(address).toString();
    default:
      return undefined;
  }
}
