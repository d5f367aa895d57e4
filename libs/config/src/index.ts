export { ConfigurationError, type ConfigurationFault } from './configuration.errors.js';
export { Environment } from './environment.js';
export {
  MarqueeConfig,
  type OpenAiConfig,
  type RedisAddress,
  type RedisConfig,
  toMarqueeConfig,
} from './marquee-config.js';
export { MarqueeConfigModule } from './marquee-config.module.js';
export { validateEnvironment } from './validate-environment.js';
