import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { MarqueeConfig } from '@app/config';

/** Returns whether logs are formatted for people: on a terminal, or if the configuration says so. */
export function isPretty(log: MarqueeConfig['log']): boolean {
  return log.format === 'pretty' || (log.format === 'auto' && process.stdout.isTTY);
}

/** Creates a logger that writes JSON, or colored lines on a terminal, and redacts secrets. */
export function createPino(log: MarqueeConfig['log']): Logger {
  const options = {
    level: log.level,
    redact: {
      paths: [
        'authorization',
        '*.authorization',
        '*["x-api-key"]',
        'apiKey',
        '*.apiKey',
        'password',
        '*.password',
      ],
      censor: '[redacted]',
    },
  };
  if (!isPretty(log)) return pino(options);
  return pino(
    options,
    PinoPretty({
      sync: true,
      singleLine: true,
      translateTime: 'HH:MM:ss.l',
      ignore: 'pid,hostname,context',
      messageFormat: '{if context}{context}: {end}{msg}',
    }),
  );
}

/** Returns a logger without redaction, for lines whose fields cannot contain a secret: redaction would dominate their cost. */
export function withoutRedaction(logger: Logger): Logger {
  return logger.child({}, { redact: [] });
}

/** Writes the lines of Nest's `Logger` with pino, so that all lines of the process have the same format. */
export class PinoLoggerService implements LoggerService {
  constructor(private readonly pinoLogger: Logger) {}

  log = (message: unknown, ...rest: unknown[]): void => this.write('info', message, rest);
  error = (message: unknown, ...rest: unknown[]): void => this.write('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]): void => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.write('fatal', message, rest);

  /** Lowers Nest's own startup messages (routes mapped, modules initialized) to debug level. */
  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const actualLevel = level === 'info' && context && nestContexts.has(context) ? 'debug' : level;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? { stack: rest[0] } : {};
    const fields = { ...(context ? { context } : {}), ...stack };
    if (message instanceof Error) this.pinoLogger[actualLevel]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object') this.pinoLogger[actualLevel]({ ...fields, ...message });
    else this.pinoLogger[actualLevel](fields, `${message as string | number}`);
  }
}

const nestContexts = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
