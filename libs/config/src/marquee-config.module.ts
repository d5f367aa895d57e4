import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { MarqueeConfig } from './marquee-config.js';
import { toMarqueeConfig } from './to-marquee-config.js';
import { validateEnvironment } from './validate-environment.js';
import type { Environment } from './environment.js';

/** Reads the process environment and `.env` once, and provides `MarqueeConfig` globally. */
@Module({})
export class MarqueeConfigModule {
  /**
   * @param variables used instead of the process environment and `.env`; tests pass theirs here
   * @throws ConfigurationError listing every fault
   */
  static async register(variables?: Record<string, string>): Promise<DynamicModule> {
    let environment: Environment | undefined;
    const nestConfig = await ConfigModule.forRoot({
      cache: true,
      ignoreEnvFile: variables !== undefined,
      validate: (merged) => {
        environment = validateEnvironment(variables ?? merged);
        // ConfigModule copies the result into process.env, so return nothing.
        return {};
      },
    });
    return {
      module: MarqueeConfigModule,
      global: true,
      imports: [nestConfig],
      providers: [{ provide: MarqueeConfig, useFactory: () => toMarqueeConfig(environment as Environment) }],
      exports: [MarqueeConfig],
    };
  }
}
