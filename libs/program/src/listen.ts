import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The server cannot listen, for a reason that the user can fix. */
export class ListenError extends Error {}

/**
 * Starts to listen and returns the URL to show to users. Closes the app if that fails.
 *
 * @param variable name of the port's environment variable, for error messages
 * @throws ListenError
 */
export async function listen(
  app: NestFastifyApplication,
  host: string,
  port: number,
  variable: string,
): Promise<string> {
  try {
    // Nest's own listen() would also log the error.
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
        `Port ${port} on ${host} is in use. Stop the program that uses it, or choose another port: ${variable}=${port + 1} npm start`,
      );
    case 'EACCES':
      return new ListenError(
        `This user lacks permission to listen on port ${port}. Choose one above 1023: ${variable}=3000 npm start`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        `HOST=${host} is not an address of this machine. Use 127.0.0.1, 0.0.0.0 or one of its addresses.`,
      );
    default:
      return error;
  }
}
