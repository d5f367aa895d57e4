export { DurationHistogram, type Durations } from './duration-histogram.js';
export { httpMetrics, type ObserveRequest } from './http-metrics.js';
export { MetricsModule } from './metrics.module.js';
export { createPino, isPretty, PinoLoggerService, withoutRedaction } from './pino-logger.service.js';
export { endRequestSpan, startRequestSpan, startTracing, type StopTracing } from './tracing.js';
export { MetricsController } from './metrics.controller.js';
