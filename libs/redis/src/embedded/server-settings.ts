/** The settings of the embedded server. docker/redis.conf has the same, and a test compares the two. */
export const serverSettings = {
  maxmemory: '450mb',
  'maxmemory-policy': 'volatile-lru',
  save: '',
  appendonly: 'no',
} as const;
