import type { Facts } from '../understanding.js';
import { Mask } from '../words/words.js';
import { WordText } from '../words/word-text.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

const popularWords =
  'popular|hot|hottest|hyped|big|biggest|buzzing|buzz|viral|watched|streamed|talked about|hit|hits|blowing up|must see|in|top';
const nowWords =
  'right now|now|at the moment|currently|this week|today|this month|these days|this weekend|lately|atm|of the moment|of the week|tonight';

/** Requests for what many people watch now. */
const trending = new RegExp(
  [
    '(?:currently |now |whats |what is |top )?(?:trending|trendy)(?: now| right now| today| this week| currently| this month)?',
    `(?:whats|what is|what are|whatre|anything|something|the|most|movies|films)? ?(?:the )?(?:most )?(?:${popularWords})(?: (?:movies?|films?|titles?|stuff|things?|releases?))?(?: (?:are|is|people are))?(?: (?:out|playing|streaming|watching|showing))? (?:${nowWords})`,
    `(?:what|which|movies?|films?)(?: (?:movies?|films?))?(?: (?:that|are|is|does))*(?: (?:everyone|everybody|people|others|the world|all))(?: (?:is|are|else|else is|seems to be))* (?:watching|streaming|talking about|into|seeing|raving about)(?: (?:${nowWords}))?`,
    `(?:everyone|everybody|everyones|everybodys)(?: (?:is|else is))? (?:watching|streaming|talking about|raving about)(?: (?:${nowWords}))?`,
    '(?:whats|what is) (?:hot|popular|big|new and hot)',
    'on everyones (?:lips|watchlist)',
    'going viral',
    'taking the world by storm',
  ].join('|'),
);

const sorts: readonly (readonly [sort: Facts['sort'], pattern: RegExp])[] = [
  [
    'rating',
    /(?:sort(?:ed)?|ordered|order|ranked|arranged) by (?:rating|ratings|score|scores|reviews|quality|imdb rating)|(?:best|highest|top) (?:rated|reviewed|scored|scoring) first|highest rating first|best first/,
  ],
  [
    'popularity',
    /(?:sort(?:ed)?|ordered|order|ranked|arranged) by (?:popularity|views|most popular)|most popular first/,
  ],
  [
    'newest',
    /(?:sort(?:ed)?|ordered|order|arranged) by (?:newest|release date|date|latest|most recent|year)(?: first)?|(?:newest|latest|most recent) first|in reverse chronological order/,
  ],
  [
    'oldest',
    /(?:sort(?:ed)?|ordered|order|arranged) by oldest(?: first)?|(?:the )?(?:oldest|earliest)(?: (?:movies|films))?(?: first)?|in chronological order/,
  ],
  [
    'newest',
    /(?:the )?(?:newest|latest|most recent|recent|recently released|new|newly released|just released|brand new|recent release|recent releases|new release|new releases|newer|upcoming|just came out|fresh|just out|came out recently)/,
  ],
  [
    'rating',
    /(?:the )?(?:(?:all time )?best|top|highest rated|top rated|highly rated|best rated|best reviewed|well reviewed|highest scoring|highest scored|highly acclaimed|critically acclaimed|acclaimed|critically praised|award winning|oscar winning|oscar winners?|greatest|finest|highest reviewed|masterpieces?|must see|well rated|most acclaimed|critics favorites?|highly regarded|most highly rated)(?: (?:of all time|ever|ever made|all time))?/,
  ],
  [
    'popularity',
    /(?:the )?(?:most )?(?:popular|watched|well known|famous|most viewed|most streamed|blockbusters?|biggest hits?|box office hits?|highest grossing|mainstream|biggest|crowd pleasers?)/,
  ],
];

export const intentStep = step({
  name: 'intent',
  description: 'Classifies the intent of the query',
  inputs: ['spelling', 'titles', 'people', 'concepts'],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, concepts }) => {
    if (titles.some(({ as }) => as === 'likeness')) return 'similar';
    const mask = new Mask(words.length, namedSpans(titles, people));
    if (new WordText(words, mask).find(trending)) return 'trending';
    if (people.people.length > 0) return 'person';
    return titles.some(({ as }) => as === 'requested') && concepts.length === 0 ? 'title' : 'search';
  },
  fallback: () => 'search' as const,
});

export const sortStep = step({
  name: 'sort',
  description: 'Reads the requested order',
  inputs: [
    'spelling',
    'titles',
    'people',
    'years',
    'runtime',
    'rating',
    'certification',
    'negation',
    'concepts',
  ],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, years, runtime, rating, certification, negation, concepts }) => {
    const read = [years, runtime, rating, certification].flatMap(({ spans }) => spans);
    const named = namedSpans(titles, people);
    const mask = new Mask(words.length, [
      ...named,
      ...read,
      ...negation,
      ...concepts.map(({ span }) => span),
    ]);
    const isTrending = new WordText(words, new Mask(words.length, named)).find(trending);
    if (isTrending && !titles.some(({ as }) => as === 'likeness'))
      return { value: 'popularity', spans: [isTrending.span] };
    const text = new WordText(words, mask);
    for (const [sort, pattern] of sorts) {
      const match = text.find(pattern);
      if (match) return { value: sort, spans: [match.span] };
    }
    return { value: 'relevance', spans: [] };
  },
  fallback: () => ({ value: 'relevance', spans: [] }),
});
