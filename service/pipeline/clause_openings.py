"""The words by which French clauses and phrases open, sorted by whether a sentence stays true without them.

All expressions match the beginning of a stretch of words in lower case, joined by single spaces, elided
words apart (« qu' il »), as ``Clauses.opening`` gives them.
"""

from __future__ import annotations

import re

from service.pipeline.french_tokens import words

#: Words without which a statement says more than it did: conditions, exceptions, negations, doubts, sources.
BINDING = re.compile(
    r"\b(?:selon|d' après|si|s' ils?|sauf|sans|hors|hormis|excepté|seule?s?|seulement|uniquement|exclusivement|mais|"
    r"prix|le temps (?:que|qu'|de)|tant que|cependant|toutefois|pourtant|néanmoins|ni|non|faute|condition|conditions|"
    r"réserve|moins|même|peut-être|"
    r"probablement|sans doute|apparemment|vraisemblablement|éventuel\w*|possibles?|potentiel\w*|présumée?s?|"
    r"supposée?s?|"
    r"prétendue?s?|environ|presque|quasi|théorie|théoriquement|semble-t-il|paraît-il|cité\w*|source|sources|"
    r"estimations?|bien que|quoi(?:que|qu')|malgré|en dépit|plutôt|au lieu|contrairement|jusqu'?|jusque|"
    r"exceptions?|exclusion|dehors|part|dérogations?|cas|moyenne|maximum|minimum|mieux|pire|peine|défaut|principe|"
    r"officiellement|partie|papier|stade|temporairement|provisoirement|partiellement|voire|ou|soit|attribuée?s?|"
    r"parodi\w*|satiri\w*|fictif\w*|fictive\w*)(?!\w)"
)
_NEGATED = re.compile(r"\b(?:pas|jamais|aucune?|rien|personne|ne|n')(?!\w)")

#: A source named at the beginning of a stretch.
SOURCE = re.compile(
    r"(?:selon|d' après|à en croire|aux yeux de|de l' avis|de source|de sources|du point de vue|pour (?:sa|"
    r"leur) part|"
    r"rapport\w+|cité\w*|d' (?:une|autres) sources?|d' une source|citant|citée?s?|auprès)\b"
)
#: A source named anywhere in a stretch, or an inverted verb: « a-t-il dit », « dit-elle ».
SOURCED = re.compile(r"\b(?:selon|d' après|à en croire|citant|citée?s?|de source|\w+-(?:t-)?(?:ils?|elles?|on))(?!\w)")

#: Places and moments; nothing that a subject could be.
PLACE = re.compile(
    r"(?:dans|sur|à|au|aux|en|près|devant|derrière|sous|chez|vers|entre|parmi|au sein|face|avec|depuis|pendant|"
    r"durant)(?!\w)"
)
#: Those that a verb may govern, wherever it stands.
GOVERNED = re.compile(r"(?:à|au|aux|en|avec|sur|vers|chez)(?!\w)")
NOUN = re.compile(r"(?:l'|le|la|les|un|une|leur|son|sa|ses|leurs)(?!\w)")
#: What a verb may still wait for after an interruption.
AWAITED = re.compile(r"(?:de|d'|que|qu'|par)(?!\w)")
#: Circumstances that need no comma before them.
UNMARKED = re.compile(
    r"(?:alors qu(?:e|')|tandis qu(?:e|')|après (?:avoir|être|s' être|une?|des|la|le|l'|son|sa|ses|leurs?|"
    r"plusieurs|quelques|"
    r"deux|trois|quatre|cinq)|afin (?:de|d')|lors (?:de|d'|du|des)|au cours (?:de|d'|du|des)|à l' issue|"
    r"à l' occasion|dans le cadre|en raison|à la suite|grâce (?:à|au|aux)|au lendemain)(?!\w)"
)
#: Those that do not depend on the tense of the verb before them.
TIMELESS = re.compile(r"(?:alors|tandis|en raison|à la suite|grâce|afin)(?!\w)")
#: What belongs with a circumstance that follows: « deux jours après », « et après ».
LEANING = words(
    """et ou mais jours jour ans an mois semaines semaine heures heure minutes peu juste même notamment surtout
    seulement aussi dès longtemps bien plus moins que qu' pas immédiatement quelques uniquement secondes voire soit
    donc comme notamment principalement essentiellement"""
)

#: Verbs by which news gives its sources, near the beginning of a stretch that opens with a verb.
SAYING = re.compile(
    r"\b(?:annon[cç]|affirm|indiqu|expliqu|précis|déclar|soulign|estim|assur|ajout|confi|racont|rappel|rapport|"
    r"insist|"
    r"regrett|dénon[cç]|comment|répond|répét|réag|lanc|écri|tweet|twitt|jug|poursui|conclu|martel|martèl|déplor|"
    r"justifi|"
    r"reconn|not[ae]|not[ée]|observ|constat|relèv|relev|détaill|résum|témoign|avou|admi|admet|promi|promet|plaid|"
    r"ironis|"
    r"alarm|inquièt|inquiét|félicit|réjou|emport|étonn|indign|agac|plai[gn]|excus|défend|interrog|demand|espér|espèr|"
    r"préven|prévien|averti|menac|critiqu|fustig|salu|analys|décri|révél|révèl|appris|apprend|di[ts]|disent|"
    r"disait|fait savoir|"
    r"pens|croi|veut croire|considèr|considér|argu|nuanc|tempèr|tempér|renchéri|rétorqu|lâch|gliss|souffl|relat|"
    r"préconis|recommand|conseill|propos|martel|point|préven|clam|proclam|promett|répliqu|raill|souri|soupir|"
    r"s' exclam|informe|informé|lit-on|selon|rapporte|cit[ée]|évoqu|signal|mentionn|attest|concè|concéd|pronosti|"
    r"prédi|"
    r"suggèr|suggér|diagnosti|certifi|justif|péror|scand|interpell|mett?r?e? en garde|mis en garde|met en garde)\w*"
)

RELATIVE = re.compile(
    r"(?:qui|dont|où|auxquel\w+|auquel|duquel|desquel\w+|lequel|laquelle|lesquel\w+|"
    r"(?:à|de|avec|chez|pour|par|sur|dans|contre|parmi|grâce à|au cours|lors) "
    r"(?:qui|lequel|laquelle|lesquel\w+|duquel|desquel\w+|de laquelle))(?!\w)"
)
OBJECT_RELATIVE = re.compile(r"(?:que|qu')(?!\w)")
COMMENT = re.compile(r"(?:ce qui|ce que|ce qu'|ce dont|ce à quoi)(?!\w)")
CIRCUMSTANCE = re.compile(
    r"(?:(?:alors|alors même|tandis|pendant|parce|ainsi|depuis) qu(?:e|')|puisqu(?:e|')|avant (?:de|d'|que|qu')|"
    r"après (?:que|qu'|avoir|être|s' être|un|une|des|la|le|l'|son|sa|ses|leurs?|plusieurs|quelques|deux|trois|"
    r"quatre|cinq|six|dix)|afin (?:de|d'|que|qu')|dans le but|en vue|au point de|"
    r"car|d' autant|en raison|à cause|grâce|à la suite|suite|lors (?:de|d'|du|des)|au cours|au terme|"
    r"à l' issue|à l' occasion|au lendemain|à la veille|dans le cadre|"
    r"contre (?:environ )?\d|soit (?:\d|près|plus|moins|environ|quelque|une?|la|le)|"
    r"loin (?:de|devant|derrière)|histoire de|notamment|en particulier|y compris|"
    r"à l' image|à l' instar|depuis (?:la|le|l'|son|sa|leur))(?!\w)"
)
_PURPOSE = re.compile(r"pour (?:ne pas |n' y |y |en |le |la |l' |les |lui |leur |se |s' |mieux )*\w+(?:er|ir|re)(?!\w)")
_GERUND = re.compile(r"(?:en |tout en )?(?:ne |n' |y |en |l' |le |la |les |lui |leur |se |s' )*\w{2,}ant(?!\w)")
_PARTICIPLE = re.compile(
    r"(?:(?:tout |très |bien |aujourd'hui |récemment |également |alors |déjà |ici )?"
    r"(?:\w{3,}(?:é|ée|és|ées)|née?s?|morte?s?|élue?s?|venue?s?|connue?s?|reconnue?s?|issue?s?|vêtue?s?|pris|"
    r"prise?s?|mis|mise?s?|"
    r"ouverte?s?|construite?s?|détruite?s?|inscrite?s?|interdite?s?|contrainte?s?|rejointe?s?|détenue?s?|"
    r"soutenue?s?|écrite?s?|parue?s?|sortie?s?|partie?s?|atteinte?s?|"
    r"suivie?s?|vue?s?|"
    r"promue?s?|disparue?s?|conçue?s?|prévue?s?|reçue?s?|rendue?s?|conduite?s?|produite?s?|victimes?|originaires?)"
    r")(?!\w)"
)
_NO_PARTICIPLES = re.compile(
    r"(?:côté|qualité|été|difficulté|société|sécurité|santé|année|journée|soirée|armée|idée|majorité|minorité|"
    r"liberté|"
    r"communauté|cité|musée|lycée|comité|député|députée|députés|employée?s?|réalité|vérité|vu|excepté|arrivée|"
    r"entrée|durée|"
    r"étant|avant|devant|pendant|durant|maintenant|autant|cependant|pourtant|suivant|moyennant|concernant|"
    r"touchant|enfant|"
    r"géant|restaurant|habitant|montant|instant|commandant|président|quant|tant|nonobstant|auparavant|dorénavant|"
    r"avant-hier|"
    r"partant|représentant|manifestant|étudiant|militant|dirigeant|assistant|soi-disant|croyant|enseignant|"
    r"figurant)(?!\w)"
)
#: Bare nouns of office, trade or kin that open an apposition after a name.
_OFFICE = re.compile(
    r"(?:l' |le |la |un |une |son |sa )?(?:ancien |ancienne |ex-|actuel |actuelle |jeune |nouveau |nouvelle |"
    r"vice-|co-|premier |première |"
    r"principal |principale |numéro un |célèbre |seul |directeur )*"
    r"(?:présidente?s?|maire|ministre|secrétaire|député\w*|eurodéputé\w*|sénat\w+|conseill\w+|préfet\w*|"
    r"procureu\w+|juge|"
    r"magistrate?|avocate?s?|bâtonnier|directeur|directrice|patron\w*|chef\w*|cheffe|responsable|porte-parole|"
    r"délégu\w+|"
    r"représentant\w*|membre|dirigeante?|fondateur|fondatrice|cofondateur|cofondatrice|gérante?|propriétaire|"
    r"professeure?|enseignant\w*|chercheu\w+|spécialiste|experte?|économiste|analyste|historien\w*|sociologue|"
    r"politologue|"
    r"médecin|infirmi\w+|épidémiologiste|infectiologue|virologue|urgentiste|psychologue|psychiatre|pédiatre|"
    r"chirurgien\w*|"
    r"journaliste|écrivaine?|auteure?|romanci\w+|acteur|actrice|comédien\w*|réalisat\w+|cinéaste|chanteu\w+|"
    r"musicien\w*|"
    r"rappeur|rappeuse|compositeur|compositrice|humoriste|animat\w+|productrice|producteur|photographe|poète|"
    r"poétesse|sculpt\w+|peintre|"
    r"artiste|"
    r"entraîneu\w+|sélectionneur|capitaine|attaquant\w*|défenseur|gardien\w*|milieu|champion\w*|vainqueur|coureur|"
    r"pilote|"
    r"étudiante?s?|lycéen\w*|retraité\w*|agriculteur|agricultrice|éleveu\w+|viticulteur|commerçant\w*|ouvri\w+|"
    r"employé\w*|"
    r"père|mère|fils|fille|frère|sœur|épouse|époux|veuve|compagne|compagnon|oncle|tante|cousine?|neveu|nièce|ami|"
    r"amie|"
    r"coordinat\w+|coprésidente?|trésori\w+|adjointe?|élue?|candidate?|figure|leader|numéro|chargée?|attachée?|"
    r"colonel|général|commandant|capitaine|lieutenant|commissaire|ambassad\w+|évêque|archevêque|cardinal|pape|prêtre|"
    r"habitante?s?|résidente?|militante?|activiste|syndicaliste|ingénieure?|architecte|consultante?|collaborat\w+|"
    r"filiale|"
    r"capitale|commune|ville|village|station|quartier|organisme|association|groupe|société|maison-mère|entreprise|"
    r"start-up|"
    r"spécialisée?s?)(?!\w)"
)
_AGE = re.compile(r"(?:âgée?s? de )?\d+ ans$")
_MOMENT = (
    r"(?:ce |le |hier |avant-hier |dans la (?:nuit|soirée|matinée|journée) (?:de |du )?)?"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)?(?: \d+)?(?:er)?"
    r"(?: (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre))?"
    r"(?: 20\d\d)?(?: (?:matin|soir|après-midi|midi|dernier|en fin de journée|dans la soirée|dans la matinée))?"
)
#: A weekday or a day of a month without year.
MOMENT = re.compile(
    rf"(?=(?:ce |hier|avant-hier |dans |le \d|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)){_MOMENT}$"
)

#: Openings that link a sentence to the one before and state nothing.
LINKING = re.compile(
    r"(?:en effet|par ailleurs|d' ailleurs|de plus|en outre|de fait|enfin|or|ainsi|du coup|au final|au passage|"
    r"en revanche|"
    r"en l' occurrence|résultat|concrètement|dans le détail|à noter|pour rappel|autrement dit|bref|en clair|dès lors|"
    r"par conséquent|en conséquence|de son côté|de leur côté|pour sa part|pour leur part|quant à (?:lui|elle|eux|"
    r"elles)|"
    r"dans la foulée|dans ce contexte|à cette occasion|à ce titre|au total|de même|dans le même temps|au même moment|"
    r"parallèlement|finalement|également|aussi|ensuite|puis|mais|et|cependant|toutefois|pourtant|néanmoins|"
    r"outre cela|malgré tout|pour l' heure|pour mémoire|sans surprise)$"
)
#: Interruptions between commas that state nothing.
ASIDE = re.compile(
    r"(?:en effet|par ailleurs|d' ailleurs|en outre|de plus|quant à (?:lui|elle|eux|elles)|de son côté|de leur côté|"
    r"pour sa part|pour leur part|lui aussi|elle aussi|eux aussi|elles aussi|également|en revanche|à son tour|"
    r"bien sûr|"
    r"bien entendu|évidemment|toutefois|cependant|néanmoins|au passage|notamment|ainsi|enfin|du coup|de fait)$"
)
#: Circumstances that may open a sentence and be left out of it.
BACKGROUND = re.compile(
    r"(?:interrogé\w*|invité\w*|contacté\w*|questionné\w*|sollicité\w*|joint\w* par|lors (?:de|d'|du|des)|à l' issue|"
    r"à l' occasion|au lendemain|"
    r"dans (?:un|une|son|sa) (?:communiqué|entretien|interview|tribune|tweet|message|lettre|courrier|discours|vidéo|"
    r"déclaration|allocution|billet)|sur (?:twitter|facebook|instagram|son compte|sa page|franceinfo|bfmtv|rtl|rmc|"
    r"europe 1|france inter|france info|cnews|lci|france 2|tf1)|"
    r"au micro|(?:née?|âgée?|originaire|connue?|diplômée?|condamnée?|mise? en examen|réunie?s?|venue?s?) (?:de|d'|"
    r"du|à|en|pour|sur|le|dans|par))(?!\w)"
)
AFTERMATH = re.compile(
    r"après (?:avoir|être|s' être|un|une|des|la|le|l'|son|sa|ses|leurs?|plusieurs|quelques|deux|trois|quatre|cinq|"
    r"six|dix)(?!\w)"
)
WHILE = re.compile(r"(?:alors|tandis|pendant) qu(?:e|')(?!\w)")

#: Openings that no subject has.
NO_SUBJECT = re.compile(
    r"(?:ils?|elles?|on|celui|celle|ceux|celles|c'|ceci|cela|ça|lui|eux|y|en|tous les|toutes les|ce qui|ce que|"
    r"ce qu'|dont|qui|"
    r"que|qu'|et|ou|mais|donc|car|puis|notamment|avec|à|au|aux|de|d'|du|dans|pour|par|sur|sans|afin|soit|selon|"
    r"après|avant|"
    r"depuis|pendant|malgré|outre|face|chez|vers|dès|lors|sous|entre|hier|aujourd'hui|parmi|contre|une fois|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?!\w)"
)
#: Openings of a subject.
SUBJECT = re.compile(
    r"(?:l'|le|la|les|un|une|des|deux|trois|quatre|cinq|six|plusieurs|quelques|plus de|près de|certains|certaines|"
    r"\d+)(?!\w)"
)
#: What cannot be the last word of a clause.
OPEN_ENDED = re.compile(
    r"(?:à|au|aux|de|d'|du|des|en|dans|par|pour|sur|sous|avec|sans|chez|vers|entre|contre|et|ou|ni|que|qu'|qui|"
    r"dont|où|si|comme|"
    r"le|la|l'|les|un|une|ce|cet|cette|ces|son|sa|ses|leurs?|notre|nos|ne|n'|se|s'|y|plus|moins|très|aussi|est|"
    r"sont|a|ont|"
    r"avait|avaient|était|étaient|sera|seront|serait|seraient|être|avoir|été|fait|faire|peut|peuvent|doit|doivent|"
    r"va|vont|veut|"
    r"veulent|pourrait|devrait|ainsi|alors|c'|ici|là|tel|telle|tels|telles|"
    r"(?:décid|annonc|déclar|indiqu|expliqu|affirm|estim|demand|refus|propos|assur|ajout|précis|jug|appel|commenc|"
    r"consist|tent|"
    r"essay|continu|accept|confi|racont|rappel|rapport|soulign|not|pens|montr|révél|espér|souhait|envisag|"
    r"menac)(?:é|ée|er|e|ent)|"
    r"permis|permet|permettre|permettent|voulu|vouloir|pu|pouvoir|dû|devoir|choisi|choisir|promis|dit|dire|appris|"
    r"su|savoir)$"
)


def is_office(opening: str) -> bool:
    """Whether a stretch opens with an office, a trade or a kinship, as appositions to a name do."""
    return bool(_OFFICE.match(opening))


def is_age(stretch: str) -> bool:
    """Whether a stretch is « 45 ans »."""
    return bool(_AGE.match(stretch))


def is_purpose(opening: str) -> bool:
    """« pour » and an infinitive."""
    return bool(_PURPOSE.match(opening))


def is_participial(opening: str) -> bool:
    """Whether a stretch opens with a participle: « faisant trois morts », « né à Lyon »."""
    if _NO_PARTICIPLES.match(opening):
        return False
    return bool(_GERUND.match(opening) or _PARTICIPLE.match(opening))


def denies(stretch: str) -> bool:
    """Whether a negation stands in a stretch."""
    return bool(_NEGATED.search(stretch))
