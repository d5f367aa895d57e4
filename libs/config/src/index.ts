export { ConfigurationError, type ConfigurationFault } from './configuration.errors.js';
export { Environment } from './environment.js';
export {
  MarqueeConfig,
  type OpenAiConfig,
  type RedisConfig,
  type RedisTargetConfig,
  type RedisTargetName,
  type TmdbConfig,
} from './marquee-config.js';
export { MarqueeConfigModule } from './marquee-config.module.js';
export { type HostAndPort, type RedisAddress } from './redis-url.js';
export { toMarqueeConfig } from './to-marquee-config.js';
export { validateEnvironment } from './validate-environment.js';
export { LONG_TTL_SECONDS, SESSION_TTL_SECONDS, SHORT_TTL_SECONDS } from './ttl.js';
