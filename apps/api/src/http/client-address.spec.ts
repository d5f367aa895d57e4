import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ClientAddresses, parseAddress } from './client-address.js';
import { proxyTrust } from './trusted-proxies.js';

describe(parseAddress.name, () => {
  it.each([
    ['203.0.113.1', '203.0.113.1'],
    ['203.0.113.1:1001', '203.0.113.1'],
    [' "203.0.113.1:1001" ', '203.0.113.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:80', 'fe80::1'],
    ['::ffff:203.0.113.1', '203.0.113.1'],
    ['[::ffff:cb00:7101]:443', '203.0.113.1'],
  ])('parses %s as %s', (text, address) => expect(parseAddress(text)).toBe(address));

  it.each([
    '',
    'unknown',
    '_hidden',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.1:80:90',
    '[203.0.113.1',
    'a:b',
    ':80',
  ])('finds no address in "%s"', (text) => expect(parseAddress(text)).toBeUndefined());
});

describe(ClientAddresses.name, () => {
  const of = (remoteAddress: string, forwardedFor?: string): string =>
    new ClientAddresses(proxyTrust(['10.0.0.0/8'])).of({
      socket: { remoteAddress },
      headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
    } as unknown as IncomingMessage);

  it.each([
    ['the peer’s, regardless of what an untrusted peer sends', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['what a trusted proxy says', '10.0.0.1', '203.0.113.1:1001', '203.0.113.1'],
    ['the same through an IPv6 socket', '::ffff:10.0.0.1', '203.0.113.1', '203.0.113.1'],
    ['the last that is no proxy', '10.0.0.1', '6.6.6.6, 203.0.113.1:80, 10.0.0.2:443', '203.0.113.1'],
    ['the outermost proxy’s where all are proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['the peer’s where there is no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    [
      'the closest proxy’s where the next is unknown',
      '10.0.0.1',
      '203.0.113.1, unknown, 10.0.0.2',
      '10.0.0.2',
    ],
    ['the peer’s where the field is empty', '10.0.0.1', ' , ', '10.0.0.1'],
  ])('is %s', (_, peer, forwardedFor, client) => expect(of(peer, forwardedFor)).toBe(client));

  it('limits the work for a very long field', () => {
    expect(of('10.0.0.1', '10.0.0.2,'.repeat(2_000))).toBe('10.0.0.2');
    expect(of('10.0.0.1')).toBe('10.0.0.1');
  });
});
