import type { AnyStep } from './graph.js';

/** A description of a graph. */
export interface GraphDrawing {
  readonly steps: readonly {
    readonly name: string;
    readonly description: string;
    readonly inputs: readonly string[];
    readonly timeoutMs: number;
    readonly optional: boolean;
  }[];
  /** A Mermaid flowchart (mermaid.js.org). Optional steps are dashed. */
  readonly mermaid: string;
}

/** Describes a graph as data and as a Mermaid flowchart. */
export function draw(steps: readonly AnyStep[]): GraphDrawing {
  const edges = steps.flatMap(({ name, inputs }) => inputs.map((input) => `  ${input} --> ${name}`));
  const optional = steps.filter(({ fallback }) => fallback).map(({ name }) => name);
  return {
    steps: steps.map(({ name, description, inputs, timeoutMs, fallback }) => ({
      name,
      description,
      inputs,
      timeoutMs,
      optional: fallback !== undefined,
    })),
    mermaid: [
      'flowchart LR',
      ...edges,
      '  classDef optional stroke-dasharray: 4 3',
      ...(optional.length > 0 ? [`  class ${optional.join(',')} optional`] : []),
    ].join('\n'),
  };
}
