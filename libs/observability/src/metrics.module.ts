import { Global, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Provides one Prometheus registry, the process's and event loop's own metrics in it. */
@Global()
@Module({
  providers: [
    {
      provide: Registry,
      useFactory: () => {
        const registry = new Registry();
        collectDefaultMetrics({ register: registry, prefix: 'marquee_' });
        return registry;
      },
    },
  ],
  exports: [Registry],
})
export class MetricsModule {}
