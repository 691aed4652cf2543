"""French abbreviations as the sentence splitter needs them: what a full stop after each of them means.

The lists hold what newspapers print. A word that is also an ordinary one ("art", "p", "sept") stands only
where a number must follow for it to count.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Titles: a name follows, so no sentence ends here. Case matters: "275 m." is metres.
BEFORE_NAMES = _words(
    "M MM Mr Mrs Ms Mme Mmes Mlle Mlles Me Mes Dr Drs Pr Prs Prof Mgr  St Ste Sts Lt Cdt Cne Col Gal Gén Sgt Adj Sr Rév"
)

#: Lower-cased; something always follows, so no sentence ends here.
NEVER_LAST = _words("cf env apr av c.-à-d c-à-d i.e e.g vs resp dir trad coll préf bd boul rte sq tél réf p.ex p.-ex")

#: Lower-cased; an abbreviation when a number follows, else an ordinary end of a sentence.
BEFORE_NUMBERS = _words(
    "p pp art arts n no nos nº num vol chap ch fig t al alin § sect l éd f fol lib v "
    "janv févr fév avr juil sept oct nov déc arr arrt dép cant"
)

#: Lower-cased; they follow a name, so that only a plain beginning of a sentence shows that one ends.
AFTER_NAMES = _words("inc ltd co corp jr ex bros plc")

#: Words that begin sentences and do not continue a name after an initial ("vitamine C. Le patient").
STARTERS = _words(
    """Le La Les L' Un Une Des Du De Au Aux Il Elle Ils Elles On Nous Vous Je J' Tu Ce C' Cet Cette Ces Cela Ça Son Sa
    Ses Leur Leurs Notre Nos Votre Vos Mon Ma Mes Mais Et Ou Or Donc Car Ni Dans En Sur Sous Par Pour Avec Sans Selon
    Après Avant Depuis Pendant Dès Chez Entre Vers Contre Malgré Outre Parmi Si S' Quand Lorsque Lorsqu' Comme Alors
    Ainsi Aussi Enfin Puis Pourtant Cependant Toutefois Néanmoins Toujours Déjà Encore Jamais Ici Là Où Qui Que Qu'
    Quel Quelle Quels Quelles Quoi Dont Lequel Laquelle Comment Pourquoi Combien Tout Toute Tous Toutes Chaque
    Plusieurs Certains Certaines Aucun Aucune Autre Autres Même Deux Trois Quatre Cinq Six Sept Huit Dix Hier
    Aujourd'hui Aujourd' Demain Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche À A Y N' Ne Parce Puisque Puisqu'
    Bien Plus Moins Près Loin Face Grâce Quant D' Celui Celle Ceux Celles Contacté Contactée Interrogé Interrogée
    Résultat Reste Impossible Difficile Voilà Voici Oui Non Notamment Actuellement Désormais Finalement"""
)

#: Ends of host names, which crawled text also writes with a capital.
DOMAINS = _words("com fr org net eu io be ch info gouv tv js py html htm php pdf")

#: What begins the text after a heading that a web page's extraction glued to it ("Campagne chaotiqueL'ancienne").
GLUED = (
    r"(?:(?:Les?|La|Une?|Ils?|Elles?|Ce|Cette|Cet|Ces|Cela|Des|En|Dans|Sur|Pour|Mais|Selon|Après|Au|Avec|Depuis|Durant|"
    r"Dès|Lors|Alors|Comme|Malgré|Outre|Parmi|Quant|Concernant|Interrogée?|Plusieurs|Quelques)\s|(?:[LDCJ]|Qu)['’])"
)
