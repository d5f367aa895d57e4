/** English titles of famous movies by their titles in other languages, which viewers type as they know them. */
const table: Readonly<Record<string, string>> = {
  de: `
the godfather = der pate
the lord of the rings = der herr der ringe, herr der ringe
the shawshank redemption = die verurteilten
the silence of the lambs = das schweigen der lammer
schindlers list = schindlers liste
once upon a time in the west = spiel mir das lied vom tod
star wars = krieg der sterne
the lion king = der konig der lowen, konig der lowen
jaws = der weisse hai
back to the future = zuruck in die zukunft
the green mile = the green mile
dead poets society = der club der toten dichter
home alone = kevin allein zu haus
pirates of the caribbean = fluch der karibik
die hard = stirb langsam
saving private ryan = der soldat james ryan
the intouchables = ziemlich beste freunde
finding nemo = findet nemo
the shining = shining
`,
  es: `
the godfather = el padrino
the lord of the rings = el senor de los anillos
the shawshank redemption = cadena perpetua, suenos de fuga, sueno de fuga
the silence of the lambs = el silencio de los corderos, el silencio de los inocentes
schindlers list = la lista de schindler
star wars = la guerra de las galaxias
the lion king = el rey leon
jaws = tiburon
back to the future = regreso al futuro, volver al futuro
fight club = el club de la lucha, el club de la pelea
dead poets society = el club de los poetas muertos, la sociedad de los poetas muertos
home alone = solo en casa, mi pobre angelito
pirates of the caribbean = piratas del caribe
die hard = la jungla de cristal, duro de matar
saving private ryan = salvar al soldado ryan, rescatando al soldado ryan
the intouchables = intocable, amigos intocables
finding nemo = buscando a nemo
the shining = el resplandor
the sixth sense = el sexto sentido
inception = origen, el origen
life is beautiful = la vida es bella
pans labyrinth = el laberinto del fauno
`,
  fr: `
the godfather = le parrain
the lord of the rings = le seigneur des anneaux
the shawshank redemption = les evades
the silence of the lambs = le silence des agneaux
schindlers list = la liste de schindler
once upon a time in the west = il etait une fois dans louest
star wars = la guerre des etoiles
the lion king = le roi lion
jaws = les dents de la mer
back to the future = retour vers le futur
the green mile = la ligne verte
dead poets society = le cercle des poetes disparus
home alone = maman j ai rate l avion, maman jai rate lavion
pirates of the caribbean = pirates des caraibes
die hard = piege de cristal
saving private ryan = il faut sauver le soldat ryan
the intouchables = intouchables
finding nemo = le monde de nemo
the sixth sense = sixieme sens, le sixieme sens
life is beautiful = la vie est belle
amelie = le fabuleux destin damelie poulain
`,
  it: `
the godfather = il padrino
the lord of the rings = il signore degli anelli
the shawshank redemption = le ali della liberta
the silence of the lambs = il silenzio degli innocenti
once upon a time in the west = cera una volta il west
star wars = guerre stellari
the lion king = il re leone
jaws = lo squalo
back to the future = ritorno al futuro
the green mile = il miglio verde
dead poets society = lattimo fuggente
home alone = mamma ho perso laereo
pirates of the caribbean = la maledizione della prima luna
saving private ryan = salvate il soldato ryan
the intouchables = quasi amici
finding nemo = alla ricerca di nemo
life is beautiful = la vita e bella
`,
  pt: `
the godfather = o poderoso chefao, o padrinho
the lord of the rings = o senhor dos aneis
the shawshank redemption = um sonho de liberdade, os condenados de shawshank
the silence of the lambs = o silencio dos inocentes
schindlers list = a lista de schindler
star wars = guerra nas estrelas
the lion king = o rei leao
jaws = tubarao
back to the future = de volta para o futuro, regresso ao futuro
fight club = clube da luta, clube de combate
the green mile = a espera de um milagre
dead poets society = sociedade dos poetas mortos
home alone = esqueceram de mim
pirates of the caribbean = piratas do caribe
die hard = duro de matar
saving private ryan = o resgate do soldado ryan
finding nemo = procurando nemo
the shining = o iluminado
inception = a origem
`,
};

/** Lines of `english title = titles`, by ISO 639-1 code, as in the translation tables. */
export const localizedTitles = (language: string): string => table[language] ?? '';
