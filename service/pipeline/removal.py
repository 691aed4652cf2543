"""Taking out of a translation a name or a value that the French sentence does not state.

Only where what remains is certain to be grammatical: a name after the title that it is apposed to, what
stands alone between parentheses, a name between commas after a title, a date that ends its clause.
"""

from __future__ import annotations

import re

from service.pipeline.edits import Edit
from service.pipeline.exonyms import exonyms
from service.pipeline.facts import Fact

_TITLES = {
    "en": r"president|(?:prime |foreign |finance |interior |\w+ )?minister|premier|chancellor|king|queen|prince"
    r"|princess|pope|mayor|governor|senator|secretary|director|chair(?:man|woman)|leader|judge|prosecutor|general|coach|captain"
    r"|striker|singer|actor|actress|writer|author|spokes(?:man|woman|person)|ambassador|commissioner|boss",
    "de": r"\w*(?:präsident|minister|kanzler|bürgermeister|direktor|sprecher|trainer|richter|botschafter)(?:in|en|s)?"
    r"|könig(?:in|s)?|papst(?:es)?|premier",
    "es": r"president[ea]|(?:primer )?ministr[oa]|canciller|rey|reina|papa|alcald(?:e|esa)|gobernador[a]?|senador[a]?"
    r"|director[a]?|líder|juez|jueza|fiscal|portavoz|entrenador[a]?|actor|actriz|cantante|embajador[a]?",
    "it": r"president[ei]|presidentessa|(?:primo )?ministr[oa]|premier|cancellier[ea]|re|regina|papa|sindac[oa]"
    r"|governator[e]|senator[e]|direttor[e]|direttrice|leader|giudice|procurator[e]|portavoce|allenator[e]|attor[e]"
    r"|attrice|cantante|ambasciator[e]",
    "pt": r"president[ea]|(?:primeir[oa]-)?ministr[oa]|chanceler|rei|rainha|papa|autarca|governador[a]?|senador[a]?"
    r"|diretor[a]?|líder|juiz|juíza|procurador[a]?|porta-voz|treinador[a]?|ator|atriz|cantor[a]?|embaixador[a]?",
}
_DETERMINERS = {
    "en": r"the|an?|his|her|its|their|our|my|this|that|former",
    "de": r"de[rmns]|die|das|eine?[mnrs]?|seine?[mnrs]?|ihre?[mnrs]?|unsere?[mnrs]?|zum|zur|vom|beim|im",
    "es": r"el|la|al|del|un|una|su|este|esta",
    "it": r"il|la|lo|[dn]el(?:la|lo)?|al(?:la|lo)?|dal(?:la|lo)?|sul(?:la|lo)?|un[ao]?|suo|sua",
    "pt": r"[oa]|[dn][oa]|ao|à|pel[oa]|uma?|seu|sua",
}
#: Prepositions that bring in a date.
_BEFORE_DATE = {
    "en": r"(?:on|in|since|until) (?:the )?",
    "de": r"(?:am|im|seit|bis)(?: Jahr)? ",
    "es": r"(?:el|en|desde)(?: día| año)? ",
    "it": r"(?:nel |il |a |dal |l['’]|nell['’])",
    "pt": r"(?:em|na|no|desde|a) ",
}
_CLAUSE_ENDS = re.compile(r"\s*(?:[.,;!?…]|$)")


def remove(altered: Fact, text: str, language: str) -> Edit | None:
    """The edit that removes an invented fact, or None where that might leave a broken sentence."""
    between = _between_marks(altered, text, language)
    if between is not None:
        return between
    if altered.kind == "name":
        return _after_title(altered, text, language)
    if altered.kind == "date":
        return _trailing_date(altered, text, language)
    return None


def _between_marks(altered: Fact, text: str, language: str) -> Edit | None:
    """All that stands between parentheses, or a name between commas after its title."""
    before, after = text[: altered.start], text[altered.end :]
    if before.endswith("(") and after.startswith(")"):
        return Edit(altered.start - 1, altered.end + 1, "")
    comma = re.match(r"\s*,", after)
    if altered.kind == "name" and comma and re.search(rf"(?<!\w)(?:{_TITLES[language]}), $", before, re.I):
        return Edit(altered.start - 2, altered.end + comma.end(), "")
    return None


def _after_title(altered: Fact, text: str, language: str) -> Edit | None:
    title = re.search(rf"(?<!\w)(?:{_TITLES[language]}) (?P<people>[^\W\d_]+ )?$", text[: altered.start], re.I)
    if title is None or (title["people"] and not exonyms(language).is_people(title["people"].strip())):
        return None
    before = text[: title.start()]
    # "the former American president": at most three words between determiner and title.
    determined = re.search(rf"(?<!\w)(?:{_DETERMINERS[language]}) (?:[\w-]+ ){{0,3}}$", before, re.I)
    if determined or re.search(r"(?<!\w)(?:l|dell|all|dall|nell|sull|un|quest)['’]$", before, re.I):
        return Edit(altered.start - 1, altered.end, "")
    if language != "en" or title["people"]:
        return None
    return _with_the(title, altered, text)


def _with_the(title: re.Match[str], altered: Fact, text: str) -> Edit | None:
    """ "French President Emmanuel Macron": English needs an article once the name is gone."""
    if not title.group()[0].isupper():
        return None
    start = title.start()
    while word := re.search(r"(?<!\w)[\w.-]+ $", text[:start]):
        if not _describes(word.group().strip()):
            break
        start = word.start()
    words = text[start : title.start()] + title.group().lower().rstrip()
    opens = not text[:start].strip(' "“‘') or text[:start].rstrip(' "“‘')[-1:] in ".!?…"
    if words.startswith("Former"):
        words = "f" + words[1:]
    return Edit(start, altered.end, f"{'The' if opens else 'the'} {words}")


def _describes(word: str) -> bool:
    """Whether an English word before a title belongs to it: "French", "US", "former"."""
    table = exonyms("en")
    if word.lower() in ("former", "then", "vice") or word.rstrip(".").replace(".", "") in ("US", "UN", "EU", "UK"):
        return True
    return word[0].isupper() and table.is_people(word) and not table.is_name(word)


def _trailing_date(altered: Fact, text: str, language: str) -> Edit | None:
    before, after = text[: altered.start], text[altered.end :]
    preposition = re.search(rf"(?<=\w) {_BEFORE_DATE[language]}$", before, re.I)
    if not _CLAUSE_ENDS.match(after):
        return None
    if altered.value.startswith("P") and before[-1:] == " ":
        return Edit(altered.start - 1, altered.end, "")
    return Edit(preposition.start(), altered.end, "") if preposition else None
