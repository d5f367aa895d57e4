/** Adjectives, then names, by ISO 3166-1 alpha-2 code. An empty list of names: the name is ambiguous ("Georgia"). */
const countryTable = `
AF = afghan / afghanistan
AL = albanian / albania
DZ = algerian / algeria
AR = argentine, argentinian, argentinean / argentina
AM = armenian / armenia
AU = australian, aussie / australia
AT = austrian / austria
AZ = azerbaijani / azerbaijan
BD = bangladeshi / bangladesh
BY = belarusian / belarus
BE = belgian / belgium
BO = bolivian / bolivia
BA = bosnian / bosnia, bosnia and herzegovina
BR = brazilian / brazil
BG = bulgarian / bulgaria
KH = cambodian / cambodia
CA = canadian, quebecois / canada, quebec
CL = chilean / chile
CN = chinese / china, mainland china
CO = colombian / colombia
CR = costa rican / costa rica
HR = croatian / croatia
CU = cuban / cuba
CY = cypriot / cyprus
CZ = czech / czechia, czech republic
XC = czechoslovak, czechoslovakian / czechoslovakia
DK = danish / denmark
DO = dominican / dominican republic
EC = ecuadorian / ecuador
EG = egyptian / egypt
EE = estonian / estonia
ET = ethiopian / ethiopia
FI = finnish / finland
FR = french / france
GE = georgian /
DE = german / germany
GH = ghanaian / ghana
GB = british, uk, scottish, welsh, english made / britain, great britain, uk, united kingdom, england, scotland, wales
GR = greek / greece
GT = guatemalan / guatemala
HK = hong kong, hongkong / hong kong
HU = hungarian / hungary
IS = icelandic / iceland
IN = indian / india
ID = indonesian / indonesia
IR = iranian / iran
IQ = iraqi / iraq
IE = irish / ireland
IL = israeli / israel
IT = italian / italy
JM = jamaican / jamaica
JP = japanese / japan
JO = jordanian /
KZ = kazakh / kazakhstan
KE = kenyan / kenya
KR = korean, south korean / korea, south korea
KP = north korean / north korea
LV = latvian / latvia
LB = lebanese / lebanon
LT = lithuanian / lithuania
LU = luxembourgish / luxembourg
MK = macedonian / macedonia
MY = malaysian / malaysia
MX = mexican / mexico
MN = mongolian / mongolia
MA = moroccan / morocco
NP = nepalese, nepali / nepal
NL = dutch / netherlands, holland
NZ = new zealand, kiwi / new zealand
NG = nigerian / nigeria
NO = norwegian / norway
PK = pakistani / pakistan
PS = palestinian / palestine
PE = peruvian / peru
PH = filipino, philippine / philippines
PL = polish / poland
PT = portuguese / portugal
RO = romanian / romania
RU = russian / russia
SA = saudi, saudi arabian / saudi arabia
SN = senegalese / senegal
RS = serbian / serbia
SG = singaporean / singapore
SK = slovak, slovakian / slovakia
SI = slovenian / slovenia
ZA = south african / south africa
SU = soviet / soviet union, ussr
ES = spanish / spain
LK = sri lankan / sri lanka
SE = swedish / sweden
CH = swiss / switzerland
SY = syrian / syria
TW = taiwanese / taiwan
TH = thai / thailand
TN = tunisian / tunisia
TR = turkish / turkey
UA = ukrainian / ukraine
US = american, us, usa, u s, hollywood / usa, united states, us, america, hollywood
UY = uruguayan / uruguay
VE = venezuelan / venezuela
VN = vietnamese / vietnam
YU = yugoslav, yugoslavian / yugoslavia
ZW = zimbabwean / zimbabwe
`;

/** Regions, as the countries that they consist of. */
const regions: readonly (readonly [names: string, codes: readonly string[]])[] = [
  ['scandinavian', ['DK', 'NO', 'SE']],
  ['nordic', ['DK', 'FI', 'IS', 'NO', 'SE']],
  ['bollywood, tollywood, kollywood, mollywood', ['IN']],
  ['nollywood', ['NG']],
];

/** Languages by ISO 639-1 code; `cn` is TMDB's code for Cantonese. */
const languageTable = `
ar = arabic
bn = bengali, bangla
bg = bulgarian
ca = catalan
cn = cantonese
cs = czech
da = danish
de = german
el = greek
en = english
es = spanish, castilian
et = estonian
eu = basque
fa = persian, farsi
fi = finnish
fr = french
ga = gaelic, irish gaelic
he = hebrew
hi = hindi
hr = croatian
hu = hungarian
id = indonesian
is = icelandic
it = italian
ja = japanese
ka = georgian
kn = kannada
ko = korean
ku = kurdish
la = latin
lt = lithuanian
lv = latvian
ml = malayalam
mr = marathi
nl = dutch, flemish
no = norwegian
pa = punjabi
pl = polish
pt = portuguese
ro = romanian
ru = russian
sk = slovak
sl = slovenian
sr = serbian
sv = swedish
sw = swahili
ta = tamil
te = telugu
th = thai
tl = tagalog, filipino
tr = turkish
uk = ukrainian
ur = urdu
vi = vietnamese
yi = yiddish
zh = mandarin, chinese, mandarin chinese
`;

const rows = (table: string): [code: string, rest: string][] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split(' = ') as [string, string]);

const names = (list = ''): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

type Codes = ReadonlyMap<string, readonly string[]>;

/** Countries by their adjectives: "korean", "scandinavian". */
export const countriesByAdjective: Codes = new Map([
  ...rows(countryTable).flatMap(([code, rest]) =>
    names(rest.split(' /')[0]).map((name): [string, string[]] => [name, [code]]),
  ),
  ...regions.flatMap(([list, codes]) =>
    names(list).map((name): [string, readonly string[]] => [name, codes]),
  ),
]);

/** Countries by name: "spain". */
export const countriesByName: Codes = new Map(
  rows(countryTable).flatMap(([code, rest]) =>
    names(rest.split(' /')[1]).map((name): [string, string[]] => [name, [code]]),
  ),
);

/** Languages by name. Most names are also adjectives of a country. */
export const languagesByName: Codes = new Map(
  rows(languageTable).flatMap(([code, rest]) =>
    names(rest).map((name): [string, string[]] => [name, [code]]),
  ),
);

/** Names of industries that need no noun after them: "bollywood". */
export const industries: ReadonlySet<string> = new Set([
  'bollywood',
  'tollywood',
  'kollywood',
  'mollywood',
  'nollywood',
]);
