/** What Marquee asks of its Redis server. docker/redis.conf says the same, and a test compares the two. */
export const serverSettings = {
  maxmemory: '450mb',
  'maxmemory-policy': 'volatile-lru',
  save: '',
  appendonly: 'no',
} as const;
