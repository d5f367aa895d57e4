import { knownPeople, knownTitles, type Movie } from '@app/catalogue';
import { Graph, type StepReport } from './graph/graph.js';
import type { AnyStep } from './graph/graph.js';
import { PeopleIndex } from './names/people-index.js';
import { TitleIndex } from './names/title-index.js';
import { certificationStep } from './steps/certification.step.js';
import { constraintsStep } from './steps/constraints.step.js';
import { conceptsStep } from './steps/concepts.step.js';
import { countStep } from './steps/count.step.js';
import { intentStep, sortStep } from './steps/intent.steps.js';
import { genresStep, moodsStep, themesStep } from './steps/kinds.steps.js';
import { languageStep } from './steps/language.step.js';
import { negationStep } from './steps/negation.step.js';
import { normalizeStep } from './steps/normalize.step.js';
import { originStep } from './steps/origin.step.js';
import { peopleStep } from './steps/people.step.js';
import { ratingStep } from './steps/rating.step.js';
import { rewriteStep } from './steps/rewrite.step.js';
import { rulesStep } from './steps/rules.step.js';
import { countryCountStep } from './steps/quantities/country-count.step.js';
import { moneyStep } from './steps/quantities/money.step.js';
import { runtimeStep } from './steps/quantities/runtime.step.js';
import { votesStep } from './steps/quantities/votes.step.js';
import { spellingStep } from './steps/spelling.step.js';
import { titlesStep } from './steps/titles/titles.step.js';
import { translateStep } from './steps/translate.step.js';
import { ruleTimeoutMs, step, type Values } from './steps/values.js';
import { yearsStep } from './steps/years/years.step.js';

/** The names that steps recognize. They take long to build, so graphs share them. */
export interface NameIndexes {
  readonly titles: TitleIndex;
  readonly people: PeopleIndex;
}

/** @param movies whose titles and people are recognized, in addition to those that the catalogue lists by name alone */
export const nameIndexes = (movies: readonly Movie[]): NameIndexes => ({
  titles: new TitleIndex(knownTitles(movies)),
  people: new PeopleIndex(knownPeople(movies)),
});

export interface GraphParts {
  readonly names: NameIndexes;
  readonly now: () => Date;
  /** The step that calls a language model, if one is configured. */
  readonly model?: AnyStep | undefined;
  readonly onStep?: (report: StepReport) => void;
}

const factsStep = step({
  name: 'facts',
  description: "Selects the model's facts, or those of the rules",
  inputs: ['rules', 'model'],
  timeoutMs: ruleTimeoutMs,
  run: ({ rules, model }) => model ?? rules,
});

const noModelStep = step({
  name: 'model',
  description: 'No language model is configured',
  inputs: ['query'],
  timeoutMs: ruleTimeoutMs,
  run: () => null,
});

/** Creates the graph of all steps. @throws GraphDefinitionError */
export function understandingGraph({ names, now, model, onStep }: GraphParts): Graph<Values> {
  const steps = [
    normalizeStep,
    languageStep,
    translateStep,
    titlesStep(names.titles),
    peopleStep(names.people),
    spellingStep,
    votesStep,
    countryCountStep,
    moneyStep,
    originStep,
    yearsStep(now),
    runtimeStep,
    ratingStep,
    certificationStep,
    constraintsStep,
    countStep,
    negationStep,
    conceptsStep,
    genresStep,
    moodsStep,
    themesStep,
    sortStep,
    intentStep,
    rewriteStep,
    rulesStep,
    model ?? noModelStep,
    factsStep,
  ];
  return new Graph<Values>(steps, ['query'], onStep);
}
