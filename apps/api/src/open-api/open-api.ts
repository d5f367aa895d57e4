import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { completeDocument } from './open-api-completion.js';
import { RouteConfigs } from './route-configs.js';

/** Swagger UI's routes, which are public. */
const isDocumentation = (url: string): boolean => /^\/docs(?:[-/]|$)/.test(url);

/**
 * Serves the OpenAPI document at /docs-json and Swagger UI at /docs. The document takes a while to generate, so that happens
 * on the first request for it. Call this before the app registers its routes.
 */
export function addOpenApi(app: NestFastifyApplication, version: string): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    if (isDocumentation(route.url)) route.config = { ...route.config, isPublic: true };
  });
  const routes = new RouteConfigs(fastify);
  const options = { customSiteTitle: 'Marquee API' };
  SwaggerModule.setup('docs', app, () => createDocument(app, version, routes), options);
}

function createDocument(app: NestFastifyApplication, version: string, routes: RouteConfigs): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Marquee')
    .setDescription(
      'The backend of an AI movie-search app. This product uses the TMDB API but is not endorsed or certified by TMDB.',
    )
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'The server of this document')
    .addTag('embeddings', 'OpenAI’s embeddings API, cached; embeddings stored by id')
    .addTag('query understanding', 'Search queries as structured data')
    .addTag('movies', 'Movie details from TMDB, cached')
    .addTag('trending', 'The trending movies')
    .addTag('sessions', 'Sessions, their transcripts and events')
    .addTag('tasks', 'Status and results of background tasks')
    .addTag('rate limit', 'The caller’s remaining quota')
    .addTag('admin', 'Operations for administrators')
    .addTag('health', 'Health probes and metrics')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'mq_…', description: 'An API key' },
      'bearer',
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' }, 'header')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('header')
    .build();
  const document = SwaggerModule.createDocument(app, settings, {
    operationIdFactory: (controller, method) => {
      const room = controller.replace(/Controller$/, '');
      return `${room.charAt(0).toLowerCase()}${room.slice(1)}${method.charAt(0).toUpperCase()}${method.slice(1)}`;
    },
  });
  return completeDocument(document, routes);
}
