import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the OpenAPI document at /docs-json and its reader at /docs. */
export function addOpenApi(app: NestFastifyApplication, version: string): void {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Marquee')
      .setDescription(
        'The backend of an AI movie-search app. This product uses the TMDB API but is not endorsed or certified by TMDB.',
      )
      .setVersion(version)
      .setLicense('MIT', 'https://opensource.org/license/mit')
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' }, 'bearer')
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'header')
      .addSecurityRequirements('bearer')
      .addSecurityRequirements('header')
      .build(),
  );
  SwaggerModule.setup('docs', app, document, { customSiteTitle: 'Marquee API' });
}
