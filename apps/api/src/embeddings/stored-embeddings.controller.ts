import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '@app/auth';
import { StoredVectorsRepository, vectorToBase64 } from '@app/embeddings';
import type { RedisBudget } from '@app/redis';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { StoredEmbeddingNotFoundError } from './stored-embedding-not-found.error.js';
import {
  type StoredEmbeddingBody,
  storedEmbeddingBodySchema,
  storedEmbeddingDeletedSchema,
  embeddingStoredSchema,
  type StoredEmbeddingParams,
  storedEmbeddingParamsSchema,
  type StoredEmbeddingQuery,
  storedEmbeddingQuerySchema,
  storedEmbeddingSchema,
} from './stored-embeddings.dto.js';

/** Stores embeddings of the caller's tenant by id. They exist only in Redis. */
@ApiTags('embeddings')
@ApiResponse({ status: 400, description: 'Invalid field', standardSchema: problemSchema })
@ApiResponse({
  status: 503,
  description: 'Redis did not confirm the operation; see Retry-After',
  standardSchema: problemSchema,
})
@Controller('v1/embeddings/:id')
export class StoredEmbeddingsController {
  constructor(private readonly vectors: StoredVectorsRepository) {}

  @Put()
  @ApiOperation({
    summary: 'Store a vector by id',
    description: 'Replaces an existing vector. The vector expires after `ttlSeconds`, one hour by default.',
  })
  @ApiResponse({ status: 200, standardSchema: embeddingStoredSchema })
  @ApiResponse({
    status: 413,
    description: 'Embedding storage quota exceeded',
    standardSchema: problemSchema,
  })
  async put(
    @Param({ schema: storedEmbeddingParamsSchema }) { id }: StoredEmbeddingParams,
    @Body({ schema: storedEmbeddingBodySchema }) { embedding, ttlSeconds }: StoredEmbeddingBody,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ) {
    await this.vectors.put(budget, tenant, id, embedding, ttlSeconds);
    return { id, dimensions: embedding.length, expiresAt: timeIn(ttlSeconds * 1000) };
  }

  @Get()
  @ApiOperation({ summary: 'Get a vector by id' })
  @ApiResponse({ status: 200, standardSchema: storedEmbeddingSchema })
  @ApiResponse({ status: 404, description: 'Embedding not found', standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: 'The stored value is not an embedding; another program wrote it',
    standardSchema: problemSchema,
  })
  async get(
    @Param({ schema: storedEmbeddingParamsSchema }) { id }: StoredEmbeddingParams,
    @Query({ schema: storedEmbeddingQuerySchema }) { encoding_format: format }: StoredEmbeddingQuery,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ) {
    const stored = await this.vectors.get(budget, tenant, id);
    if (!stored) throw new StoredEmbeddingNotFoundError();
    const { vector, ttlMs } = stored;
    return {
      id,
      dimensions: vector.length,
      expiresAt: ttlMs === Infinity ? null : timeIn(ttlMs),
      embedding: format === 'base64' ? vectorToBase64(vector) : Array.from(vector),
    };
  }

  @Delete()
  @ApiOperation({ summary: 'Delete a vector by id' })
  @ApiResponse({ status: 200, standardSchema: storedEmbeddingDeletedSchema })
  @ApiResponse({ status: 404, description: 'Embedding not found', standardSchema: problemSchema })
  async delete(
    @Param({ schema: storedEmbeddingParamsSchema }) { id }: StoredEmbeddingParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ) {
    if (!(await this.vectors.delete(budget, tenant, id))) throw new StoredEmbeddingNotFoundError();
    return { id, deleted: true };
  }
}

const timeIn = (ms: number): string => new Date(Date.now() + ms).toISOString();
