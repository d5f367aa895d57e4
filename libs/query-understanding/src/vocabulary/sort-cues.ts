import type { Facts } from '../understanding.js';
import { anyOf } from '../words/phrase-pattern.js';

const popularWords =
  'popular|hot|hottest|hyped|big|biggest|buzzing|buzz|viral|watched|streamed|talked about|hit|hits|blowing up|must see|in|top';
const nowWords =
  'right now|now|at the moment|currently|this week|today|this month|these days|this weekend|lately|atm|of the moment|of the week|tonight';

/** Requests for what many people watch now. */
export const trendingCue = new RegExp(
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

const newestWords = anyOf([
  'newest',
  'latest',
  'most recent',
  'recent',
  'recently released',
  'new',
  'newly released',
  'just released',
  'brand new',
  'recent release',
  'recent releases',
  'new release',
  'new releases',
  'newer',
  'upcoming',
  'just came out',
  'fresh',
  'just out',
  'came out recently',
]);
const ratingWords = anyOf([
  '(all time )?best',
  'top',
  'highest rated',
  'top rated',
  'highly rated',
  'best rated',
  'best reviewed',
  'well reviewed',
  'highest scoring',
  'highest scored',
  'highly acclaimed',
  'critically acclaimed',
  'acclaimed',
  'critically praised',
  'award winning',
  'oscar winning',
  'oscar winners?',
  'greatest',
  'finest',
  'highest reviewed',
  'masterpieces?',
  'must see',
  'well rated',
  'most acclaimed',
  'critics favorites?',
  'highly regarded',
  'most highly rated',
]);
const popularityWords = anyOf([
  'popular',
  'watched',
  'well known',
  'famous',
  'most viewed',
  'most streamed',
  'blockbusters?',
  'biggest hits?',
  'box office hits?',
  'highest grossing',
  'mainstream',
  'biggest',
  'crowd pleasers?',
]);

/** Phrases that request an order. Earlier entries take precedence. */
export const sortCues: readonly (readonly [sort: Facts['sort'], pattern: RegExp])[] = [
  [
    'rating',
    new RegExp(
      anyOf([
        '(sort(ed)?|ordered|order|ranked|arranged) by (rating|ratings|score|scores|reviews|quality|imdb rating)',
        '(best|highest|top) (rated|reviewed|scored|scoring) first',
        'highest rating first',
        'best first',
      ]),
    ),
  ],
  [
    'popularity',
    new RegExp(
      anyOf([
        '(sort(ed)?|ordered|order|ranked|arranged) by (popularity|views|most popular)',
        'most popular first',
      ]),
    ),
  ],
  [
    'newest',
    new RegExp(
      anyOf([
        '(sort(ed)?|ordered|order|arranged) by (newest|release date|date|latest|most recent|year)( first)?',
        '(newest|latest|most recent) first',
        'in reverse chronological order',
      ]),
    ),
  ],
  [
    'oldest',
    new RegExp(
      anyOf([
        '(sort(ed)?|ordered|order|arranged) by oldest( first)?',
        '(the )?(oldest|earliest)( (movies|films))?( first)?',
        'in chronological order',
      ]),
    ),
  ],
  ['newest', new RegExp(`(?:the )?${newestWords}`)],
  ['rating', new RegExp(`(?:the )?${ratingWords}(?: (?:of all time|ever|ever made|all time))?`)],
  ['popularity', new RegExp(`(?:the )?(?:most )?${popularityWords}`)],
];
