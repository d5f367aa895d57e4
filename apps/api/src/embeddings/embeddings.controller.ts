import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EmbeddingsService } from '@app/embeddings';
import { RateLimit } from '@app/rate-limit';
import type { RedisBudget } from '@app/redis';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LargeBody } from '../http/body/body-limits.js';
import { showCacheOutcome } from '../http/cache-outcome.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { WantsRefresh } from '../http/refresh.decorator.js';
import { toEmbeddingsResponse } from './embeddings-response.js';
import {
  embeddingsResponseSchema,
  type EmbeddingsBody,
  embeddingsBodySchema,
  modelsResponseSchema,
  openAiErrorSchema,
} from './embeddings.dto.js';
import { maxInputs } from './embeddings-input.js';

/** Serves OpenAI's embeddings API, cached. */
@ApiTags('embeddings')
@Controller('v1')
export class EmbeddingsController {
  constructor(private readonly embeddings: EmbeddingsService) {}

  @Post('embeddings')
  @LargeBody({ maxValues: 310_000, maxStructures: 25_000 })
  @RateLimit({ cost: costOf, costField: 'input' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Create embeddings of texts or token arrays',
    description:
      "Compatible with OpenAI's embeddings API: OpenAI SDKs and clients that build on them work with /v1 as their base URL. " +
      'If no upstream is configured, a local model with 512 dimensions creates the embeddings.',
  })
  @ApiResponse({
    status: 200,
    description: 'One embedding per input, in the same order',
    standardSchema: embeddingsResponseSchema,
  })
  @ApiResponse({ status: 400, description: 'Invalid field', standardSchema: openAiErrorSchema })
  @ApiResponse({ status: 404, description: 'Model not found', standardSchema: openAiErrorSchema })
  @ApiResponse({ status: 413, description: 'Request body too large', standardSchema: openAiErrorSchema })
  @ApiResponse({
    status: 502,
    description: 'The upstream rejected the request or returned an invalid response',
    standardSchema: openAiErrorSchema,
  })
  @ApiResponse({
    status: 503,
    description: 'The upstream failed; see Retry-After',
    standardSchema: openAiErrorSchema,
  })
  @ApiResponse({
    status: 504,
    description: 'The upstream timed out',
    standardSchema: openAiErrorSchema,
  })
  async create(
    @Body({ schema: embeddingsBodySchema }) body: EmbeddingsBody,
    @WantsRefresh() refresh: boolean,
    @RequestBudget() budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { input: inputs, model, dimensions, encoding_format: format } = body;
    const embeddings = await this.embeddings.embed(budget, { inputs, model, dimensions, refresh });
    showCacheOutcome(reply, embeddings.cached);
    // A stream does not set the content type.
    void reply.type('application/json; charset=utf-8');
    return toEmbeddingsResponse(embeddings, format);
  }

  @Get('models')
  @ApiOperation({ summary: 'List the available embedding models' })
  @ApiResponse({ status: 200, standardSchema: modelsResponseSchema })
  models() {
    return {
      object: 'list',
      data: this.embeddings.models.map(({ id, ownedBy }) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: ownedBy,
      })),
    };
  }
}

/**
 * Returns the number of texts or token arrays, which is the cost of a request. The body is not validated yet; an invalid
 * one is rejected later.
 */
function costOf({ body }: FastifyRequest): number {
  const input: unknown = (body as { input?: unknown } | null | undefined)?.input;
  if (!Array.isArray(input) || typeof input[0] === 'number') return 1;
  return Math.min(Math.max(1, input.length), maxInputs);
}
