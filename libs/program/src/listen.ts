import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Listening failed for a reason that the reader can mend. */
export class ListenError extends Error {}

/**
 * Listens, and answers the URL to show to people. The app is closed when that fails.
 *
 * @param variable names the port's setting, for the message
 * @throws ListenError
 */
export async function listen(
  app: NestFastifyApplication,
  host: string,
  port: number,
  variable: string,
): Promise<string> {
  try {
    // Nest's own listen() would log the error besides.
    await app.getHttpAdapter().getInstance().listen({ port, host });
  } catch (error) {
    await app.close();
    throw toListenError(error, host, port, variable);
  }
  const address = app.getHttpServer().address();
  const boundPort = typeof address === 'object' && address ? address.port : 0;
  const shownHost =
    host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shownHost}:${boundPort}`;
}

function toListenError(error: unknown, host: string, port: number, variable: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ListenError(
        `Port ${port} on ${host} is in use. Stop what uses it, or choose another: ${variable}=${port + 1} npm start`,
      );
    case 'EACCES':
      return new ListenError(
        `Port ${port} needs more rights than this user has. Choose one above 1023: ${variable}=3000 npm start`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        `HOST=${host} is no address of this machine. Use 127.0.0.1, 0.0.0.0 or one that it has.`,
      );
    default:
      return error;
  }
}
