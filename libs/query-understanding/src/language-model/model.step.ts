import type { MarqueeConfig, OpenAiConfig } from '@app/config';
import { UpstreamClient } from '@app/upstream';
import { z } from 'zod';
import type { AnyStep } from '../graph/graph.js';
import { step } from '../steps/values.js';
import { type Facts, factsSchema } from '../understanding.js';
import { InvalidModelAnswerError } from './model.errors.js';
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

/** Asks an OpenAI-compatible `POST /chat/completions` with a JSON schema. */
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

  /** The step that asks it. Without an answer in time, or with a wrong one, the rules stand. */
  get step(): AnyStep {
    return step({
      name: 'model',
      description: `${this.parts.model} reads the query`,
      inputs: ['query'],
      timeoutMs: this.parts.config.queryUnderstanding.modelTimeoutMs,
      run: ({ query }) => this.read(query),
      fallback: () => null,
    });
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  /** @throws UpstreamError, InvalidModelAnswerError */
  private async read(query: string): Promise<Facts> {
    const { model, now, onTokens } = this.parts;
    const reply = await this.upstream.postJson('/chat/completions', {
      model,
      messages: [
        { role: 'system', content: instructions(now().toISOString().slice(0, 10)) },
        { role: 'user', content: query },
      ],
      response_format: responseFormat,
      temperature: 0,
      max_tokens: maxTokens,
    });
    const { data: completion } = completionSchema.safeParse(reply);
    if (!completion) throw new InvalidModelAnswerError('its answer is no chat completion');
    onTokens(completion.usage?.total_tokens ?? 0);
    const message = completion.choices[0]?.message;
    if (message?.refusal || !message?.content) throw new InvalidModelAnswerError('it answered nothing');
    const { data: facts, error } = factsSchema.safeParse(parsed(message.content));
    if (!facts) {
      const [issue] = error.issues;
      throw new InvalidModelAnswerError(`its answer breaks the schema at "${issue?.path.join('.') ?? ''}"`);
    }
    return facts;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
