import { Global, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Provides the Prometheus registry, which includes metrics of the process and of the event loop. */
@Global()
@Module({
  providers: [
    {
      provide: Registry,
      useFactory: () => {
        const registry = new Registry();
        collectDefaultMetrics({ register: registry, prefix: 'marquee_' });
        // These gauges are named like counters, which promtool rejects. Other gauges provide the same totals.
        for (const name of ['handles', 'requests', 'resources'])
          registry.removeSingleMetric(`marquee_nodejs_active_${name}_total`);
        return registry;
      },
    },
  ],
  exports: [Registry],
})
export class MetricsModule {}
