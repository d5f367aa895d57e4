import type { Movie } from '@app/catalogue';

type Genre = Movie['genres'][number];

/** Genres in which a mood is usually found. They raise a movie, and never exclude one. */
const genresByMood: readonly (readonly [genres: readonly Genre[], moods: string])[] = [
  [
    ['Comedy'],
    'absurd amusing breezy campy cheerful cheery cheesy chill comfort corny crude feel-good fun funny goofy hilarious humorous ' +
      'laid-back light lighthearted playful quirky raunchy silly slapstick uplifting wacky whimsical witty zany',
  ],
  [
    ['Family', 'Animation'],
    'adorable childlike colorful cozy cuddly cute heartwarming innocent sweet wholesome',
  ],
  [
    ['Horror'],
    'blood-soaked bloodthirsty bloody chilling creepy disturbing eerie frightening gory haunting horrifying macabre scary ' +
      'spooky terrifying unsettling',
  ],
  [
    ['Thriller'],
    'adrenaline-fueled claustrophobic dark disturbing edge-of-your-seat gripping intense nerve-racking paranoid sinister ' +
      'suspenseful tense thrilling twisted twisty',
  ],
  [
    ['Action', 'Adventure'],
    'action-packed adrenaline-fueled adventurous epic exciting explosive fast-paced kick-ass violent',
  ],
  [
    ['Drama'],
    'bleak bittersweet brooding contemplative depressing emotional gritty heartbreaking inspirational inspiring melancholic ' +
      'melancholy moving poignant realistic sad serious slow somber tear-jerking touching tragic uplifting',
  ],
  [['Romance'], 'charming dreamy passionate romantic sensual sentimental sexy steamy swoon-worthy tender'],
  [['Science Fiction'], 'futuristic mind-bending trippy'],
  [['Mystery'], 'baffling confusing enigmatic mind-bending mysterious puzzling twisty'],
  [['Fantasy'], 'dreamlike dreamy enchanting fantastical magical whimsical'],
];

const byMood = new Map<string, Genre[]>();
for (const [genres, moods] of genresByMood)
  for (const mood of moods.split(' ')) byMood.set(mood, [...(byMood.get(mood) ?? []), ...genres]);

/** Returns genres in which movies of these moods are usually found. */
export function genresOfMoods(moods: readonly string[]): ReadonlySet<Genre> {
  return new Set(moods.flatMap((mood) => byMood.get(mood) ?? []));
}
