import { describe, expect, it } from '@jest/globals';
import { proxyTrust } from './trusted-proxies.js';

describe(proxyTrust.name, () => {
  const isTrusted = proxyTrust(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', 'fd12::1'])('trusts %s', (address) =>
    expect(isTrusted(address)).toBe(true),
  );

  it.each(['11.0.0.1', '192.0.2.2', '::1', 'unix', ''])('does not trust "%s"', (address) =>
    expect(isTrusted(address)).toBe(false),
  );
});
