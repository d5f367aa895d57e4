import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@app/auth';
import type { FastifyReply } from 'fastify';
import { consoleAssets, consolePage, type ConsoleAsset } from './console.assets.js';

/** Allows only this server's own files: no inline scripts or styles, no other hosts, no framing. */
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

/**
 * Serves the console. The page itself contains nothing secret; it gets its data from routes that require the
 * admin role.
 */
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
    if (!asset) throw new NotFoundException('The console has no file with this name');
    return send(reply, asset);
  }
}

function send(reply: FastifyReply, { type, content }: ConsoleAsset): Buffer {
  void reply
    .type(type)
    .header('content-security-policy', contentSecurityPolicy)
    // Browsers revalidate, so that a new version appears immediately.
    .header('cache-control', 'no-cache');
  return content;
}
