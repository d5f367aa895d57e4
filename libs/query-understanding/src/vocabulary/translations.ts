import { localizedTitles } from './localized-titles.js';

/** The movie vocabulary of a language, with English translations. */
export interface Translation {
  /** English translations by folded phrase. */
  readonly phrases: ReadonlyMap<string, string>;
  /** Words that do not occur in English queries. */
  readonly markers: ReadonlySet<string>;
}

const table = (language: string, markers: string, phrases: string): Translation => ({
  markers: new Set(markers.split(' ')),
  phrases: new Map(
    `${phrases.trim()}\n${localizedTitles(language).trim()}`.split('\n').flatMap((line) => {
      const [english = '', foreign = ''] = line.split(' = ').map((part) => part.trim());
      return foreign.split(/, */).map((phrase): [string, string] => [phrase, english]);
    }),
  ),
});

/** Translations by ISO 639-1 code. An empty left side drops the phrase. */
export const translations: Readonly<Record<string, Translation>> = {
  es: table(
    'es',
    'quiero ver una un el los las pelicula peliculas con para sin mejores anos de del dirigida dirigidas por como sobre que mas menos recientes nuevas comedia busco horas ninos terror accion muestrame recomiendame alguna quisiera duracion trailer dirigido dirigidos dirigio quien cuanto dura pelis protagonizada protagonizadas cuando',
    `
movies = peliculas, pelis, cintas
movie = pelicula, peli, cinta
comedy = comedia, comedias, comicas
horror = terror, de terror, horror, de miedo
action = accion, de accion
drama = dramas, drama
thriller = suspenso, suspense, de suspenso, de suspense
romance = romance, romanticas, romantica, de amor
romantic comedy = comedia romantica, comedias romanticas
science fiction = ciencia ficcion, de ciencia ficcion
animated = animacion, animadas, animada, de animacion, dibujos animados
family = familia, familiar, familiares, para toda la familia, en familia
for kids = para ninos, para los ninos, infantiles
war = guerra, de guerra, belicas
western = del oeste, vaqueros
fantasy = fantasia, de fantasia
adventure = aventura, aventuras, de aventuras
mystery = misterio, de misterio
crime = crimen, de crimen, policiacas, policial, de policias
documentary = documental, documentales
history = historicas, historica, de historia
musicals = musicales, musical
directed by = dirigida por, dirigidas por, dirigido por, del director, de la directora
starring = protagonizada por, protagonizadas por
with = con
without = sin
about = sobre, acerca de, que trate de
like = como, parecidas a, parecida a, similar a, similares a
best = mejor, mejores, las mejores, la mejor
new = nuevas, nueva, recientes, reciente
latest = ultimas, ultima, mas recientes
after = despues de, despues del, posteriores a
before = antes de, antes del, anteriores a
since = desde
between = entre
and = y
or = o
not = no, que no sea, que no sean
under = menos de, de menos de
over = mas de, de mas de
hours = horas
hour = hora
minutes = minutos
two = dos
three = tres
funny = divertida, divertidas, graciosa, graciosas
scary = miedo, que den miedo
sad = triste, tristes
dark = oscura, oscuras
popular = populares, popular, famosas
trending = en tendencia, tendencias, de moda
at least = al menos, por lo menos
five = cinco
ten = diez
four = cuatro
show me = muestrame, ensename
trailer for = el trailer de, trailer de
animals = animales
sixties = anos sesenta, los sesenta, los anos sesenta
seventies = anos setenta, los setenta, los anos setenta
eighties = anos ochenta, los ochenta, los anos ochenta
nineties = anos noventa, los noventa, los anos noventa
how long is = cuanto dura, que duracion tiene
who directed = quien dirigio, quien es el director de
when did = cuando se estreno, cuando salio
who is in = quien sale en, quienes actuan en
s_of = de los anos, anos
`,
  ),
  fr: table(
    'fr',
    'davant je cherche des un une les le la avec pour sans meilleurs meilleures annees de du realise realises par comme sur veux voir moins plus heures enfants drole droles et guerre peur montre montremoi bande annonce recommande quelques dun cherchons combien dure comedies realisateur qui tourne',
    `
movies = films
movie = film
comedy = comedie, comedies
horror = horreur, d horreur, dhorreur, epouvante
action = daction, d action
thriller = thrillers, policier a suspense
romance = romantique, romantiques, d amour, damour
romantic comedy = comedie romantique, comedies romantiques
science fiction = science fiction, sf, de science fiction
animated = animation, danimation, d animation, dessin anime, dessins animes
family = famille, familial, familiaux, en famille, pour toute la famille
for kids = pour enfants, pour les enfants
war = guerre, de guerre
fantasy = fantastique, fantastiques
adventure = aventure, aventures, daventure, d aventure
mystery = mystere
crime = policier, policiers, polar, polars, criminel
documentary = documentaire, documentaires
history = historique, historiques
musicals = comedie musicale, comedies musicales
directed by = realise par, realises par, du realisateur, de la realisatrice
with = avec
without = sans
about = sur, a propos de, qui parle de
like = comme, semblable a, semblables a, dans le style de
best = meilleur, meilleurs, meilleure, meilleures, les meilleurs, les meilleures
new = nouveaux, nouveau, recents, recent
latest = derniers, dernier
after = apres, sortis apres
before = avant, sortis avant
since = depuis
between = entre
and = et
or = ou
not = pas, pas de
under = moins de, de moins de, moins d, de moins d
over = plus de, de plus de
hours = heures
hour = heure, une heure
minutes = minutes
two = deux
three = trois
funny = drole, droles, marrant
scary = qui fait peur, effrayant, effrayants
sad = triste, tristes
dark = sombre, sombres
popular = populaires, populaire
trending = tendance, tendances
before = davant, d avant
at least = au moins
five = cinq
ten = dix
four = quatre
show me = montre moi, montremoi
trailer for = la bande annonce de, bande annonce de, bande annonce du
like = similaires a, similaire a
sixties = annees soixante
seventies = annees soixante dix
eighties = annees quatre vingt, annees quatre vingts
nineties = annees quatre vingt dix
how long is = combien de temps dure, quelle est la duree de
who directed = qui a realise, qui est le realisateur de
when did = quand est sorti
with = ou joue, dans lesquels joue
s_of = des annees, annees
`,
  ),
  de: table(
    'de',
    'ich suche einen eine ein der die das mit fur ohne besten beste jahren jahre aus den dem von wie uber und unter stunden zeig mir filme kinder nach vor zeige suche zehn funf film schauen mochte gerne empfiehl welche laufen kinderfilme wissenschaft wie lange dauert gibt wer regie neue',
    `
movies = filme, filmen, spielfilme
movie = film
comedy = komodie, komodien, lustspiel
horror = horrorfilm, horrorfilme, grusel, horror, gruselfilme
action = actionfilm, actionfilme
thriller = thriller, krimithriller
romance = liebesfilm, liebesfilme, romantik
romantic comedy = romantische komodie, romantische komodien
science fiction movies = science fiction filme, science fiction filmen
science fiction = science fiction film, science fiction
animated = animationsfilm, animationsfilme, zeichentrick, zeichentrickfilme, trickfilm, trickfilme
family = familie, familienfilm, familienfilme, fur die ganze familie
for kids = fur kinder, kinderfilm, kinderfilme
war = kriegsfilm, kriegsfilme, krieg
fantasy = fantasyfilm, fantasyfilme
adventure = abenteuer, abenteuerfilm, abenteuerfilme
crime = krimi, krimis
documentary = dokumentation, dokumentationen, dokumentarfilm, dokumentarfilme, doku, dokus
history = historienfilm, historienfilme, historische
directed by = unter der regie von, regie von, unter regie von, von regisseur
with = mit
without = ohne
about = uber
like = wie, ahnlich wie
best = besten, beste, die besten
new = neue, neuen, neuer
latest = neueste, neuesten, aktuelle
after = nach
before = vor
since = seit
between = zwischen
and = und
or = oder
not = nicht, kein, keine, keinen
under = unter, weniger als, kurzer als
over = uber, langer als, mehr als
hours = stunden
hour = stunde
minutes = minuten
two = zwei
three = drei
by = von
funny = lustige, lustigen, lustig, witzige, lustiger
scary = gruselige, gruselig
sad = traurige, traurig, traurigen
dark = dustere, duster
popular = beliebte, beliebten, beliebteste
trending = im trend, angesagt
at least = mindestens
five = funf
ten = zehn
four = vier
show me = zeig mir, zeige mir
trailer for = trailer zu, trailer von, den trailer zu
like = so wie, wie zum beispiel
sixties = sechziger, sechziger jahren, sechzigern
seventies = siebziger, siebziger jahren, siebzigern
eighties = achtziger, achtziger jahren, achtzigern
nineties = neunziger, neunziger jahren, neunzigern
how long is = wie lange dauert, wie lang ist, wie lange geht
who directed = wer hat regie gefuhrt bei, wer ist der regisseur von
directed = regie gefuhrt
when did = wann kam
action movies = actionfilme, actionfilmen
horror movies = horrorfilme, horrorfilmen, gruselfilme
s_of = aus den, der
`,
  ),
  it: table(
    'it',
    'vorrei un una il lo gli le con per senza migliori anni di del della diretti diretto da come su voglio vedere meno piu ore bambini tutta famiglia e paura dei simili cerco almeno mostrami consigliami qualche voglio minuti duri quanto dura chi ha film diretti commedie regista quando',
    `
movies = film, pellicole
comedy = commedia, commedie
horror = orrore, dellorrore, horror
action = dazione, d azione, azione
thriller = thriller
romance = damore, d amore, romantici, romantico
romantic comedy = commedia romantica, commedie romantiche
science fiction = fantascienza, di fantascienza
animated = danimazione, d animazione, animazione, cartoni animati
family = famiglia, per famiglie, per la famiglia, per tutta la famiglia
for kids = per bambini
war = guerra, di guerra
fantasy = fantasy
adventure = avventura, di avventura, d avventura, davventura
mystery = giallo, gialli, mistero
crime = poliziesco, polizieschi
documentary = documentario, documentari
history = storico, storici
directed by = diretti da, diretto da, del regista, della regista
with = con
without = senza
about = su, sulla, sul, sui
like = come, simili a, simile a
best = migliori, i migliori, miglior
new = nuovi, nuovo, recenti
latest = ultimi, ultimo
after = dopo, dopo il, usciti dopo il
before = prima del, prima di
since = dal
between = tra, fra
and = e
or = o
not = non
under = meno di, di meno di, sotto le
over = piu di, di piu di
hours = ore
hour = ora
minutes = minuti
two = due
three = tre
funny = divertente, divertenti
scary = spaventosi, che fanno paura
sad = triste, tristi
popular = popolari
at least = di almeno, almeno
five = cinque
ten = dieci
four = quattro
show me = mostrami, fammi vedere
trailer for = il trailer di, trailer di
like = simile a
sixties = anni sessanta
seventies = anni settanta
eighties = anni ottanta
nineties = anni novanta
how long is = quanto dura
who directed = chi ha diretto
when did = quando e uscito
s_of = degli anni, anni
`,
  ),
  pt: table(
    'pt',
    'quero ver um uma os as filmes filme com para sem melhores anos de do da dirigidos dirigido por como sobre menos mais horas criancas depois antes guerra e terror que mostre recomende algum alguns procuro pelo quero filme quanto dura quem dirigiu quando filmes diretor',
    `
movies = filmes, longas
movie = filme
comedy = comedia, comedias
horror = terror, de terror
action = acao, de acao
thriller = suspense, de suspense
romance = romance, romanticos, romantico, de amor
romantic comedy = comedia romantica, comedias romanticas
science fiction = ficcao cientifica, de ficcao cientifica
animated = animacao, de animacao, desenho animado, desenhos animados
family = familia, para a familia, para toda a familia
for kids = infantis, para criancas
war = guerra, de guerra
western = faroeste, faroestes
fantasy = fantasia, de fantasia
adventure = aventura, aventuras, de aventura
mystery = misterio, de misterio
crime = crime, policial, policiais
documentary = documentario, documentarios
history = historicos, historico
directed by = dirigidos por, dirigido por, do diretor, da diretora
with = com
without = sem
about = sobre
like = como, parecidos com, parecido com, similares a
best = melhor, melhores, os melhores
new = novos, novo, recentes
latest = ultimos, ultimo
after = depois de, apos, depois do
before = antes de, antes do
since = desde
between = entre
and = e
or = ou
not = nao, que nao seja
under = menos de, com menos de
over = mais de, com mais de
hours = horas
hour = hora
minutes = minutos
two = duas, dois
three = tres
funny = engracados, engracado, divertidos
scary = assustadores, assustador
sad = triste, tristes
popular = populares
trending = em alta
at least = pelo menos, de pelo menos
five = cinco
ten = dez
four = quatro
show me = mostre me, me mostre
trailer for = o trailer de, trailer de
sixties = anos sessenta
seventies = anos setenta
eighties = anos oitenta
nineties = anos noventa
how long is = quanto dura, quanto tempo dura
who directed = quem dirigiu
when did = quando saiu
s_of = dos anos, anos
`,
  ),
};
