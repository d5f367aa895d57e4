export { createPino, isPretty, PinoLoggerService } from './pino-logger.service.js';
