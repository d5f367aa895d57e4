import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { completeDocument } from './open-api-completion.js';

/** Whether a route is one of those that this adds, which are open to all. */
export const isDocumentation = (url: string): boolean => /^\/docs(?:[-/]|$)/.test(url);

/** Serves the OpenAPI document at /docs-json and its reader at /docs. It is made when it is first asked for: that takes a while. */
export function addOpenApi(app: NestFastifyApplication, version: string): void {
  SwaggerModule.setup('docs', app, () => createDocument(app, version), { customSiteTitle: 'Marquee API' });
}

function createDocument(app: NestFastifyApplication, version: string): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Marquee')
    .setDescription(
      'The backend of an AI movie-search app. This product uses the TMDB API but is not endorsed or certified by TMDB.',
    )
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'Where this document is served')
    .addTag('embeddings', 'OpenAI’s embeddings API, cached')
    .addTag('query understanding', 'A viewer’s words as facts')
    .addTag('movies', 'TMDB’s movie details, cached')
    .addTag('trending', 'Which films trend')
    .addTag('sessions', 'Sessions, their transcripts and events')
    .addTag('tasks', 'Results of tasks, kept for half an hour')
    .addTag('rate limit', 'What a caller may still do')
    .addTag('admin', 'For administrators')
    .addTag('health', 'For probes and Prometheus')
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
  return completeDocument(document);
}
