import { ExtendRouteConfig } from '@app/auth';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `@StreamedBody()`. */
    streamsBody?: boolean;
  }
}

/** Passes the body of a route to its handler as a stream of NDJSON. The handler limits its size. */
export const StreamedBody = () => ExtendRouteConfig({ streamsBody: true });
