// Another client in its own process: sends sequential GETs until it receives a message, then reports their p99 in ms.
import { Redis } from 'ioredis';

const redis = new Redis(Number(process.argv[2]), '127.0.0.1');
const latenciesMs = [];
const end = new AbortController();
process.on('message', () => end.abort());
process.send('ready');
while (!end.signal.aborted) {
  const startedMs = performance.now();
  await redis.get('prod:session:x');
  latenciesMs.push(performance.now() - startedMs);
}
latenciesMs.sort((a, b) => a - b);
process.send(latenciesMs[Math.floor(0.99 * latenciesMs.length)]);
redis.disconnect();
process.disconnect();
