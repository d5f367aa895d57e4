/** Words that say nothing about a movie: function words, and the words in which viewers wrap their wish. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about above after again against all also am an and any anybody anyone anything are as at be because been before being below
  between both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each either else ever every few for
  from further get gets getting give go goes going got had has hasnt have havent having he hed hell hes her here hers herself him
  himself his how however i id if ill im in into is isnt it its itself ive just kind know let like likes lot lots made make makes
  many may maybe me might more most much must my myself neither no nor not now of off on once one ones only onto or other others
  our ours out over own per please put quite rather really s same see seen she shes should shouldnt show shows so some somebody
  somehow someone something sort still such t take takes than that thats the their theirs them themselves then there theres these
  they theyre thing things this those though through to too toward towards under until up upon us use uses very want wants was
  wasnt watch watching we were werent what whatever whats when where whether which while who whole whom whos whose why will with
  within without wont would wouldnt yes yet you your yours yourself
  film films movie movies picture flick recommend recommendation suggest suggestion find looking search good great best nice
  similar similarly style styled vein vibe reminds reminiscent kind
  called named title plot story scene remember`.split(/\s+/),
);
