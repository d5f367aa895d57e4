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
        // Gauges that are named like counters: promtool refuses them, and their sums can be had from the others.
        for (const name of ['handles', 'requests', 'resources'])
          registry.removeSingleMetric(`marquee_nodejs_active_${name}_total`);
        return registry;
      },
    },
  ],
  exports: [Registry],
})
export class MetricsModule {}
