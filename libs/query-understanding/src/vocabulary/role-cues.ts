import type { Person } from '../understanding.js';

export type Role = Person['role'];

type RoleCues = readonly (readonly [role: Role, phrases: string])[];

/** Phrases before a name, by the role that they assign to it. */
const before: RoleCues = [
  [
    'director',
    'directed by, director, by, from director, by director, shot by, shot by director, helmed by, made by, directors, from the director, films of, filmmaker, from filmmaker',
  ],
  [
    'actor',
    'starring, stars, with, featuring, feat, actor, actress, acted by, played by, co starring, costarring, actors, cast includes, cast with, that star, which star, that stars, led by, performance by, performances by, portrayed by, where plays, in which acts, in which plays, where acts, in which stars, where stars, cast, star, movies where, alongside, opposite, and also',
  ],
  [
    'writer',
    'written by, writer, screenplay by, screenwriter, penned by, scripted by, script by, story by, novel by, book by, based on a book by, based on a novel by, adapted from',
  ],
];

/** Phrases after a name, by the role that they assign to it. */
const after: RoleCues = [
  [
    'director',
    'directed, direct, directs, has directed, as director, as a director, directing, behind the camera',
  ],
  [
    'actor',
    'stars in, stars, starred in, starred, plays, acts in, acted in, acted, plays in, is in, appears in, as an actor, in it, in the lead, appeared in, was in, played in, as lead, in a lead role, acting together, acting in, together on screen, on screen together, acting alongside, in the cast, in the lead role, in them, appears, appeared, appear, starring together, together, shows up, pops up in, features',
  ],
  ['writer', 'wrote, write, writes, has written, scripted, penned, as writer'],
];

const byPhrase = (cues: RoleCues): ReadonlyMap<string, Role> =>
  new Map(cues.flatMap(([role, phrases]) => phrases.split(', ').map((phrase) => [phrase, role] as const)));

export const rolesBefore = byPhrase(before);
export const rolesAfter = byPhrase(after);
export const maxRoleCueWords = 5;

/** Phrases before a name that leave no doubt, so that even an unknown name is recognized. */
export const unambiguousRoleCues: ReadonlySet<string> = new Set(
  'directed by, written by, starring, screenplay by, director, actor, actress, writer, helmed by, penned by'.split(
    ', ',
  ),
);

/** Words between a role cue and a name: "with the great Al Pacino". */
export const honorific = /^(?:the|great|legendary|a|young|late|mr|ms|sir|dame)$/;

/** Words that end an unknown name. */
export const endsPersonName =
  /^(?:with|from|about|but|that|who|made|released|before|after|since|under|over|for|at|on|who|which|please|movies?|films?|set|as|like|not|no|without)$/;
