import type { Genre } from '../understanding.js';

/** Phrases that viewers use for a genre, or for several genres at once. */
export const genrePhrases: readonly (readonly [genres: readonly Genre[], phrases: string])[] = [
  [['Action'], 'action, actioner, actioners, action flick, shoot em up'],
  [['Adventure'], 'adventure, adventures, adventurous, swashbuckler, swashbucklers, swashbuckling'],
  [
    ['Animation'],
    'animation, animations, animated, cartoon, cartoons, anime, animes, pixar, claymation, stop motion',
  ],
  [['Comedy'], 'comedy, comedies, comedic, comical, sitcom, spoof, spoofs, parody, parodies'],
  [['Crime'], 'crime, crimes, gangster, gangsters, mob, true crime'],
  [
    ['Documentary'],
    'documentary, documentaries, docs, doc, docu, docuseries, docudrama, documentary film, documentary films',
  ],
  [['Drama'], 'drama, dramas, dramatic, melodrama, melodramas, tearjerker, tearjerkers, tear jerker'],
  [
    ['Family'],
    'family, for kids, kids, kid, for children, children, childrens, for the kids, for my kids, for the whole family, for the family, whole family, kids movie, for my children, for little ones, toddlers, for toddlers',
  ],
  [['Fantasy'], 'fantasy, fantasies, fantastical, high fantasy, sword and sorcery'],
  [['History'], 'history, historical, historic, period piece, period pieces, period, costume'],
  [['Horror'], 'horror, horrors, horror flick'],
  [['Music'], 'musical, musicals, music, concert film, concert films'],
  [
    ['Mystery'],
    'mystery, mysteries, whodunit, whodunits, whodunnit, whodunnits, whodunit mystery, murder mystery, murder mysteries',
  ],
  [['Romance'], 'romance, romances, love story, love stories'],
  [['Romance', 'Comedy'], 'romcom, romcoms, rom com, rom coms, romantic comedy, romantic comedies'],
  [['Romance', 'Drama'], 'romantic drama, romantic dramas'],
  [['Romance', 'Thriller'], 'romantic thriller, romantic thrillers'],
  [
    ['Science Fiction'],
    'science fiction, sci fi, scifi, sf, syfy, sci fis, science fictional, cyberpunk, space opera, space operas',
  ],
  [['Drama', 'Comedy'], 'dramedy, dramedies'],
  [
    ['TV Movie'],
    'tv movie, tv movies, made for tv, made for television, television movie, television movies, tv film, tv films, made for tv movie, made for tv movies',
  ],
  [['Thriller'], 'thriller, thrillers, suspense'],
  [['War'], 'war, wartime, war movie, war film'],
  [['Western'], 'western, westerns, spaghetti western, spaghetti westerns, cowboy movie, cowboy movies'],
];

/** Names of genres that are also ordinary nouns. */
export const ambiguousGenres: ReadonlySet<string> = new Set(
  'family kids kid children childrens music war wartime crime crimes mob gangster gangsters history western period mystery adventure costume doc docs'.split(
    ' ',
  ),
);

/** Nouns for a kind of movie that hardly mean anything else, unlike "family", "war" and "music". */
export const genreNouns: ReadonlySet<string> = new Set(
  'comedy comedies drama dramas melodrama melodramas thriller thrillers horror horrors documentary documentaries docs cartoon cartoons anime animation animations musical musicals mockumentary mockumentaries romcom romcoms romance romances western westerns whodunit whodunits noir slasher slashers blockbuster blockbusters biopic biopics production productions scifi fi fiction epic epics'.split(
    ' ',
  ),
);
