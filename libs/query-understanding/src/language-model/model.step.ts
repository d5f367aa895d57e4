import type { MarqueeConfig, OpenAiConfig } from '@app/config';
import { UpstreamClient } from '@app/upstream';
import { z } from 'zod';
import type { AnyStep } from '../graph/graph.js';
import { step } from '../steps/values.js';
import { type Facts, factsSchema } from '../understanding.js';
import { InvalidModelResponseError } from './model.errors.js';
import { instructions, responseFormat } from './prompt.js';

const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ total_tokens: z.int().nonnegative() }).optional(),
});

const maxTokens = 800;

export interface ModelParts {
  readonly config: MarqueeConfig;
  readonly openAi: OpenAiConfig;
  readonly model: string;
  readonly now: () => Date;
  readonly onTokens: (tokens: number) => void;
}

/** Reads queries with an OpenAI-compatible `POST /chat/completions` and a JSON schema. */
export class LanguageModel {
  readonly description: string;
  private readonly upstream: UpstreamClient;

  constructor(private readonly parts: ModelParts) {
    const { config, openAi, model } = parts;
    const { host } = new URL(openAi.baseUrl);
    this.description = `rules and ${model} at ${host}`;
    this.upstream = new UpstreamClient({
      name: `language model at ${host}`,
      baseUrl: openAi.baseUrl,
      bearerToken: openAi.apiKey,
      ...config.upstream,
      timeoutMs: config.queryUnderstanding.modelTimeoutMs,
      retryAttempts: Math.min(1, config.upstream.retryAttempts),
    });
  }

  /** The step that calls the model. If the response is late or invalid, the facts of the rules are used. */
  get step(): AnyStep {
    return step({
      name: 'model',
      description: `Reads the query with ${this.parts.model}`,
      inputs: ['query'],
      timeoutMs: this.parts.config.queryUnderstanding.modelTimeoutMs,
      run: ({ query }) => this.read(query),
      fallback: () => null,
    });
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  /** @throws UpstreamError, InvalidModelResponseError */
  private async read(query: string): Promise<Facts> {
    const { model, now, onTokens } = this.parts;
    const response = await this.upstream.postJson('/chat/completions', {
      model,
      messages: [
        { role: 'system', content: instructions(now().toISOString().slice(0, 10)) },
        { role: 'user', content: query },
      ],
      response_format: responseFormat,
      temperature: 0,
      max_tokens: maxTokens,
    });
    const { data: completion } = completionSchema.safeParse(response);
    if (!completion) throw new InvalidModelResponseError('the response is not a chat completion');
    onTokens(completion.usage?.total_tokens ?? 0);
    const message = completion.choices[0]?.message;
    if (message?.refusal || !message?.content)
      throw new InvalidModelResponseError('the response is empty or a refusal');
    const { data: facts, error } = factsSchema.safeParse(parseJson(message.content));
    if (!facts) {
      const [issue] = error.issues;
      throw new InvalidModelResponseError(
        `the response violates the schema at "${issue?.path.join('.') ?? ''}"`,
      );
    }
    return facts;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
