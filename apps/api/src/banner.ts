import type { MarqueeConfig } from '@app/config';

export interface Facts {
  readonly url: string;
  readonly access: string;
  readonly redis: string;
  readonly embeddings: string;
  readonly embeddingsModel: string;
  readonly understanding: string;
  readonly movies: string;
}

/** Returns the startup message for terminals. */
export function banner({ version, environment }: MarqueeConfig, facts: Facts): string {
  return `
  Marquee ${version} is ready (environment "${environment}")

    API         ${facts.url}/v1
    Console     ${facts.url}
    Docs        ${facts.url}/docs
    Access      ${facts.access}
    Redis       ${facts.redis}
    Embeddings  ${facts.embeddings}
    Queries     ${facts.understanding}
    Movies      ${facts.movies}

  Try it twice: the second response comes from Redis.

    curl -i ${facts.url}/v1/embeddings -H 'content-type: application/json' \\
      -d '{"model": "${facts.embeddingsModel}", "input": "a heist in Los Angeles"}'

  Ctrl-C drains and stops.
`;
}
