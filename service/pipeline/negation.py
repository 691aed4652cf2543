"""Negations of a French text, and the words that deny or reverse without one.

A negation is its marker and its scope: the stems of the verb that it turns and of the content
words next to it. Polarity is compared through scopes, because a brief seldom keeps the clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.pipeline.facts import Fact
from service.pipeline.french_tokens import FUNCTION_WORDS, Token, fold, stem, words

_MARKERS = words("pas plus jamais rien aucun aucune personne guere point nul nulle nullement ni")
_SUBJECTS = words("aucun aucune personne rien nul nulle jamais ni")
_BARE_PAS = words("de d encore question")
_IDLE_BEFORE_JAMAIS = words("si que a plus")  # « si jamais », « à jamais », « plus que jamais »
_IDLE_AFTER_SANS = words("doute vie pour cesse domicile abri precedent papiers appel conteste surprise")
_DOUBTLESS = words("aucun nul")  # « sans aucun doute » affirms, as « sans doute » does
_IDLE_AFTER_PAS = words("que qu parce moins")  # « ce n'est pas que … », « n'en est pas moins »
#: Verbs whose negation denies nothing: « n'hésite pas à … ».
_IDLE_VERBS = frozenset(map(stem, words("hésiter hésite hésitent tarder tarde cacher cache")))
_REACH = 9  # tokens between « ne » and its second half
_SCOPE = 3  # content words after the second half
_BOUNDARIES = frozenset('.,;:!?«»()"“”…')


def _stems(listed: str) -> frozenset[str]:
    return frozenset(stem(word) for word in listed.split())


#: Stems of words that deny by themselves: « a refusé de signer » is « n'a pas signé ».
DENIALS = _stems(
    """refuse refus refuser dément démenti démentir démentent nie nier rejette rejeté rejet rejeter conteste contester
    interdit interdire interdiction annule annulé annulation renonce renoncer renoncé échoue échoué échouer échec
    empêche empêché empêcher exclut exclu exclure écarte écarté écarter évite évité éviter manque manqué manquer cesse
    cessé cesser impossible impossibilité absence absent incapable faux fausse abandon abandonné abandonner suspendu
    suspendre suspension oppose opposé opposition hostile privé prive reporté report fin arrêt arrêté arrête arrêter
    défaut sauf jamais aucun aucune rien sans ni illégal inconnu inconnue indemne indemnes inchangé fermé fermée
    contraire peu difficile difficilement ignore ignoré"""
)

#: Stems that stand for one another in a negated clause.
SYNONYMS = {stem(word): "mort" for word in ("décès", "décédé", "décédée", "tué", "tuée", "décéder")}
SYNONYMS[stem("preuve")] = stem("prouver")

#: What may have become of people: « 12 blessés » is not just any « 12 personnes ».
FATES = _stems("mort décès décédé tué victime blessé disparu hospitalisé arrêté interpellé malade")

_PAIRS = (
    "accepte accepter acceptation approuve approuver approbation / refuse refuser refus rejette rejeter rejet",
    "confirme confirmer confirmation / dément démentir démenti infirme nie nier",
    "autorise autoriser autorisation / interdit interdire interdiction",
    "hausse augmente augmenter augmentation progresse progression grimpe grimper bondit bondir croissance accélère "
    "/ baisse baisser diminue diminuer diminution recule recul reculer chute chuter repli ralentit",
    "gagne gagner victoire vainqueur remporte remporter bat battu / perd perdre perdu défaite vaincu",
    "ouvre ouvrir ouverture ouvert rouvre rouvrir / ferme fermer fermeture fermé",
    "maintient maintenu maintenir maintien / annule annuler annulé annulation supprime supprimer supprimé suppression",
    "condamne condamner condamnation coupable / acquitte acquitter acquitté acquittement relaxe innocent",
    "favorable soutient soutenir soutien / hostile défavorable oppose opposer",
    "embauche embaucher recrute recruter recrutement / licencie licencier licenciement",
    "achète acheter acheté achat acquisition acquiert / vend vendre vendu vente cession cède",
    "gratuit gratuite gratuitement / payant payante",
    "premier première / dernier dernière",
    "avant / après",
    "nord / sud",
    "est / ouest",
    "matin / soir",
    "légal légale / illégal illégale",
    "public publique / privé privée",
    "bénéfice bénéfices gain / perte pertes déficit",
    "excédent / déficit",
    "vivant vivante vivants / mort morte",
    "homme hommes garçon / femme femmes fille",
    "père / mère",
    "fils / fille",
    "frère / soeur",
    "mari époux / femme épouse",
    "plus / moins",
    "supérieur supérieure / inférieur inférieure",
    "maximum / minimum",
    "début / fin",
)


def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in _PAIRS:
        left, right = (_stems(side) for side in pair.split(" / "))
        for one, others in ((left, right - left), (right, left - right)):
            for word in one - (left & right):
                table.setdefault(word, set()).update(others)
    return {word: frozenset(others) for word, others in table.items()}


def _likes() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for side in (side for pair in _PAIRS for side in pair.split(" / ")):
        for word in (stems := _stems(side)):
            table.setdefault(word, set()).update(stems - {word})
    return {word: frozenset(others) for word, others in table.items()}


#: A stem and the stems that say the reverse.
OPPOSITES = _opposites()

#: A stem and the stems that say the same of a change or a decision: « augmenter », « hausse ».
LIKES = _likes()

#: Stems that say of two that they are not the same one, and that something had not been before.
DIFFERENCES = _stems("adverse différent différente distinct distincte homonyme opposé rival rivale")
FIRST_TIMES = _stems("premier première premiers premières inédit inédite")


class Negation(NamedTuple):
    """A negation whose marker lies within ``tokens[first:last]``; ``scope`` begins with the verb."""

    first: int
    last: int
    scope: tuple[str, ...]
    sentence: int


def find_negations(tokens: Sequence[Token]) -> list[Negation]:
    """Negations in order. « Ne … que » restricts and « ne » alone is idle: neither counts."""
    found: list[Negation] = []
    at = 0
    while at < len(tokens):
        word = fold(tokens[at].text) if tokens[at].is_word else ""
        negation = None
        if word in ("ne", "n"):
            negation = _with_ne(tokens, at)
        elif (word == "sans" and not _is_idle_sans(tokens, at)) or (
            word == "jamais" and _word(tokens, at - 1) not in _IDLE_BEFORE_JAMAIS
        ):
            negation = Negation(at, at + 1, _content(tokens, at + 1, 2), tokens[at].sentence)
        elif word == "non" and at + 1 < len(tokens) and tokens[at + 1].text[0].islower():
            negation = Negation(at, at + 1, _content(tokens, at + 1, 1), tokens[at].sentence)
        elif word == "pas" and _word(tokens, at + 1) in _BARE_PAS:
            negation = Negation(at, at + 1, _content(tokens, at + 1, _SCOPE), tokens[at].sentence)
        if negation is not None:
            found.append(negation)
            at = max(negation.last, at + 1)
        else:
            at += 1
    return found


def _is_idle_sans(tokens: Sequence[Token], at: int) -> bool:
    """Whether the « sans » at a place denies nothing."""
    following = _word(tokens, at + 1)
    return following in _IDLE_AFTER_SANS or (following in _DOUBTLESS and _word(tokens, at + 2) == "doute")


def _word(tokens: Sequence[Token], at: int) -> str:
    return fold(tokens[at].text) if 0 <= at < len(tokens) else ""


def _with_ne(tokens: Sequence[Token], at: int) -> Negation | None:
    sentence = tokens[at].sentence
    for second in range(at + 1, min(at + 1 + _REACH, len(tokens))):
        if tokens[second].sentence != sentence:
            break
        word = _word(tokens, second)
        if word in ("que", "qu") and second > at + 1:
            return None
        if word in _MARKERS:
            if _word(tokens, second + 1) in _IDLE_AFTER_PAS:
                return None
            between = _content(tokens, at + 1, 2, second)
            if between and between[0] in _IDLE_VERBS:
                return None
            return Negation(at, second + 1, (*between, *_content(tokens, second + 1, _SCOPE)), sentence)
    for before in range(at - 1, max(at - 1 - _REACH, -1), -1):
        if tokens[before].sentence != sentence or tokens[before].text in ".;":
            break
        if _word(tokens, before) in _SUBJECTS:
            scope = (*_content(tokens, at + 1, 2), *_content(tokens, before + 1, 1, at))
            return Negation(before, at + 1, scope, sentence)
    return None


def _content(tokens: Sequence[Token], at: int, most: int, stop: int | None = None) -> tuple[str, ...]:
    """The stems of the first content words from a token on, within its sentence and phrase."""
    stems: list[str] = []
    end = min(len(tokens), at + 10 if stop is None else stop)
    for position in range(at, end):
        token = tokens[position]
        if token.text in _BOUNDARIES or token.sentence != tokens[at].sentence:
            break
        if token.is_word and token.lower not in FUNCTION_WORDS and len(token.text) > 1:
            found = stem(token.text)
            stems.append(SYNONYMS.get(found, found))
            if len(stems) == most:
                break
    return tuple(stems)


def read_negations(text: str, tokens: Sequence[Token]) -> list[Fact]:
    """The negations as facts; a span runs from the first half of the marker to the second."""
    facts = []
    for negation in find_negations(tokens):
        start, end = tokens[negation.first].start, tokens[negation.last - 1].end
        facts.append(Fact("negation", "not", text[start:end], start, end))
    return facts
