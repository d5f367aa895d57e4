import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@app/auth';
import type { FastifyReply } from 'fastify';
import { consoleAssets, consolePage, type ConsoleAsset } from './console.assets.js';

/** Nothing but what is served here: no inline script or style, no other host, no frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The console's page. It holds nothing secret; what it shows it asks of routes that want the role admin. */
@ApiExcludeController()
@Public()
@Controller()
export class ConsoleController {
  @Get()
  page(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return send(reply, consolePage);
  }

  @Get('console/:name')
  asset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    const asset = consoleAssets.get(name);
    if (!asset) throw new NotFoundException('The console has no such file');
    return send(reply, asset);
  }
}

function send(reply: FastifyReply, { type, content }: ConsoleAsset): Buffer {
  void reply
    .type(type)
    .header('content-security-policy', contentSecurityPolicy)
    // A new version is seen at once.
    .header('cache-control', 'no-cache');
  return content;
}
