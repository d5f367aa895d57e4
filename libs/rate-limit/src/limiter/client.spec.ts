import { describe, expect, it } from '@jest/globals';
import { addressClient } from './client.js';

describe(addressClient.name, () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['::1', '::/64'],
    ['web', 'web'],
  ])('counts %s as %s', (address, client) => expect(addressClient(address)).toBe(client));
});
