import { anyOf } from '../words/phrase-pattern.js';

const comparedNouns = anyOf([
  'something',
  'anything',
  'movies?',
  'films?',
  'stuff',
  'flicks?',
  'one',
  'ones',
  'more',
  'much',
  'just',
  'are',
  'is',
  'be',
]);

const comparisons = anyOf([
  'like very much',
  'like',
  'similar( in \\w+)? to',
  'resembling',
  'reminiscent of',
  'akin to',
  'comparable to',
  'comparable with',
  'in the (vein|style|spirit|mould|mold|tradition) of',
  'along the lines of',
  '(same|similar) (vibe|vibes|feel|feeling|mood|tone|style)s? (as|to)',
  'vibes? of',
  'feels? of',
  'spirit of',
  'the spirit of',
  'reminds? me of',
  'in the same (vein|league) as',
  'in the manner of',
  'same energy as',
  'a la',
  '(i|we|you|who|just|really|absolutely|people who|someone who|also)( (just|really|absolutely|also|recently))* (loved|love|liked|enjoyed|enjoy|adored|adore|watched|saw|finished)',
  'loved',
  'enjoyed',
  'loved? the (movie|film)',
  '(big |huge )?fans? of',
  '(really |quite |very |so )?fond of',
  'crazy about',
  'obsessed with',
  'if you liked',
  'after watching',
  'as good as',
  'on par with',
  'sequels? to',
  'companion to',
  'follow up to',
  'alternatives? to',
  'scratch(es|ing)? the same itch as',
  'cross between',
  'mix of',
  'mixture of',
  'evokes?',
  'channels?',
  'inspired by',
]);

/** Introduces a movie to compare with: "movies like Heat". */
export const likenessCue = new RegExp(`(?:${comparedNouns} )?${comparisons}`);

const releaseVerbs = anyOf(['made', 'released', 'came out', 'shot', 'filmed', 'out', 'from', 'produced']);
const dateRelations = anyOf([
  'before',
  'prior to',
  'earlier than',
  'older than',
  'after',
  'since',
  'later than',
  'newer than',
  'following',
]);

/** Introduces a movie whose release date limits the search: "made before Titanic". Captures the cue. */
export const datingCue = new RegExp(`((?:${releaseVerbs} )?${dateRelations})`);

/** Words before "like" that make it a verb ("kids like") or negate the comparison. */
export const notComparedBefore: ReadonlySet<string> = new Set(
  'would id i we you youd dont feel to people kids they looks look not'.split(' '),
);

/** Phrases that may precede a title when the query is nothing but the title. */
const requests = anyOf([
  '(please )?(can|could|would) (you|i|we) (please )?(find|show|play|watch|get|tell|stream|rent|buy)( me| us)?',
  '(please )?(find|show|play|watch|open|search|get|start|put on|stream|look up|queue|resume|rent|buy|pull up|bring up)( me| up| for)?',
  'where (can|could|do) (i|we|you) (watch|stream|find|see|rent|buy)',
  'where is',
  '(i|we) (want|would like|d like|need|feel like|wanna)( to)? (watch|watching|see|seeing)',
  '(id|wed|i d) like to (watch|see)',
  'when (did|was|is|does|will)',
  'what year (did|was|is)',
  'how (long|old|good|scary|violent)( (is|was))?',
  'who (directed|wrote|made|stars in|starred in|plays in|is in|was in|acts in|acted in|played in|produced|composed|is the director of|directed the)',
  'whos in',
  'who (plays|played|is|was|voices|voiced)( (the|a))? \\w+( \\w+)? in',
  'what (is|was|happens in|happened in)',
  'whats',
  'is',
  '(could|can|would) you( please)? tell me( (about|if|whether))?',
  'who (it was that |was it that )?(wrote|composed|did|made|scored) the (music|score|soundtrack|songs) (for|of|to|in)',
  '(please )?tell me( (more )?about)?',
  '(the )?(official )?(plot|cast|trailers?|full cast|storyline|trailer|summary|runtime|synopsis|director|ending|soundtrack|reviews?|rating|release date|length) (of|for|to)',
  'have you (got|seen)',
  'do you have',
  'that',
  'the',
  'a',
  'movie',
  'film',
  'called',
  'named',
  'titled',
]);

/** Phrases that may follow a title when the query is nothing but the title. */
const additions = anyOf(
  (
    'come out, came out, released, released in, about, on netflix, online, tonight, please, for free, in hd, now, ' +
    'full movie, again, with subtitles, trailer, cast, plot, movie, film, streaming, summary, runtime, on tv, good, ' +
    'any good, worth watching, the movie, the film, rated, out, made, like, and, or, called, to watch, ' +
    'on disney plus, on hulu, imdb, review, reviews, is, was, right now, today, vibes?'
  ).split(', '),
);

export const leadingRequest = new RegExp(`^${requests} `);
export const trailingAddition = new RegExp(` ${additions}$`);

/** Words that end a name that is in no list. */
export const endsUnknownName =
  /^(?:but|with|from|that|which|who|and|or|starring|directed|under|over|in|made|released|before|after|since|for|without|not|less|more|rated|about|please|on|by|of|what|any|some|tonight)$/;

/** Words that cannot begin a name that is in no list. */
export const cannotBeginName =
  /^(?:a|an|the|this|that|it|to|my|me|some|these|those|watch|watching|something)$/;
