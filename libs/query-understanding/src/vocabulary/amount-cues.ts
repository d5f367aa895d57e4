import { anyOf } from '../words/phrase-pattern.js';

export type AmountFact = 'budget' | 'revenue';

/** The words that assign an amount to a fact, as patterns for the words in front of and behind the amount. */
interface AmountCues {
  readonly fact: AmountFact;
  readonly before: RegExp;
  readonly directlyAfter: RegExp;
  readonly after: RegExp;
}

const fillerBefore =
  '(?:of|was|is|were|are|be|being|been|at|a|an|the|range|ballpark|region|order|total|totals?|totaling|should|must|that|which|to|it|its|them|back|somewhere|anywhere|in|whopping|estimated|reported|reportedly|figures?|number|numbers|worldwide|globally|domestically|us|usd|studio|studios|their|has|have|had|having|with|came|comes|coming|out|ran|runs|running|amounted|amounting|ended|up|not|did|didnt|only|just|\\|)';
const fillerAfter =
  '(?:us|usd|dollars?|total|in|its|a|the|of|estimated|reported|overall|global|international|on|as|for|against|whole|entire|their|his)';

const budgetNouns =
  'budgets?|budgeted|production costs?|costs?|costing|price tag|production budget|expenses|expenditure|spend|spent|spending|investment|financing|funding';
const revenueNouns =
  'revenues?|gross(?:es|ed|ing)?|box office|box offices|earnings|takings|receipts|ticket sales|proceeds|income|haul|take at the box office|returns';

const cues = (
  fact: AmountFact,
  { nouns, verbs, tails }: { nouns: string; verbs: readonly string[]; tails: readonly string[] },
): AmountCues => ({
  fact,
  before: new RegExp(
    `(?:^|[ ])(?:(?:${nouns})(?: ${fillerBefore}){0,5}|${anyOf(verbs)}(?: (?:a|an|the|its|it|them|him|whopping|mere|back|studio|just|only|in|us|usd|total|total of|\\|)){0,2})$`,
  ),
  directlyAfter: new RegExp(`^${anyOf([...tails, nouns])}(?: |$)`),
  after: new RegExp(`^(?:${fillerAfter} ){1,3}${anyOf([...tails, nouns])}(?: |$)`),
});

/** In order of precedence. */
export const amountCues: readonly AmountCues[] = [
  cues('budget', {
    nouns: budgetNouns,
    verbs: [
      '(made|shot|produced|filmed|financed|funded|completed|created|finished|put together|pulled off)( (for|on|with|using|at|under))+',
      'made (for|on)',
      'took',
    ].slice(0, 2),
    tails: [
      'to (make|produce|shoot|film|create|finance)',
      '(production )?budget(ed)?',
      'in (production )?costs?',
      'price tag',
      'production',
    ],
  }),
  cues('revenue', {
    nouns: revenueNouns,
    verbs: [
      'made( back)?( it)?',
      'makes',
      'making',
      'earn(s|ed|ing)?',
      'bank(s|ed|ing)',
      '(took|takes|taking|taken|pulled|pulls|pulling|brought|brings|bringing|raked|rakes|raking|hauled|hauling|reeled|pulls|cashed|drew|draws) in',
      'collect(s|ed|ing)',
      'generat(ed|es|ing)',
      'return(ed|s|ing)',
      'reap(ed|s|ing)',
      'did',
      'scored',
      'took( home)?',
      'sold',
      'recouped',
    ],
    tails: [
      'at (the )?(worldwide |global |domestic |us )?box offices?',
      'in (worldwide |global |domestic |total )?(revenues?|box office|ticket sales|tickets|sales|takings|receipts|earnings|gross)',
      'in (theaters|theatres|cinemas)',
      'worldwide',
      'globally',
      'around the world',
      'domestically',
      'internationally',
      'box office',
      'of (revenue|gross|ticket sales)',
      '(revenue|gross|haul|grosser|hit)',
    ],
  }),
];
