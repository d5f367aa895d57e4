import { Logger } from '@nestjs/common';
import { ConfigurationError, MarqueeConfig } from '@app/config';
import { drainOnSignals, listen, ListenError, runProgram } from '@app/program';
import { RedisStartupError, RedisTargets } from '@app/redis';
import { createWorker } from './create-worker.js';

await runProgram(async () => {
  const app = await createWorker();
  drainOnSignals(app);
  const { http, worker, version } = app.get(MarqueeConfig);
  const url = await listen(app, http.host, worker.port, 'WORKER_PORT');
  new Logger('Worker').log({ msg: 'ready', version, url, redis: app.get(RedisTargets).description });
}, [ConfigurationError, RedisStartupError, ListenError]);
