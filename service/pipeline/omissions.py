"""Whether a translation that leaves a number out may still be given: it must not count something else in its place."""

from __future__ import annotations

import re
from collections import Counter

from service.pipeline.foreign_facts import extract_foreign_facts
from service.pipeline.french_facts import extract_facts

#: The beginnings of words that count, by language; articles that are also the number one are not among them.
_COUNTING = {
    "en": r"one|once|single|tw(?:o|ice|el|en)|thr(?:ee|ice)|thir|four|for?t[iy]|fiv|fif|six|seven|eight|nin[et]"
    r"|ten(?:th)?\b|eleven|hundred|thousand|million|billion|dozen|half|quarter|double|triple",
    "de": r"zwei|zwo|zwan|dr(?:ei|itt)|vier|fünf|sechs|sech?z|sieb|acht|neun|zehn|elf|hundert|tausend|milli|dutzend"
    r"|halb|hälfte|doppelt|verdoppel|dreifach|beid|einig|einzig",
    "es": r"dos\b|doce|dobl|tr(?:es|ece|ein)|cuatr|cator|cuar|cinc|cinq|quin|seis|sesen|siete|sete|och|nueve|nove"
    r"|die[cz]|dioc|onc|vein|cien|centen|\w+cient|mil(?:es|lar|l[oó]n)?\b|millones|med[io][oa]?\b|mitad|terci|ambos|ambas|tripl",
    "it": r"due|duecent|tre(?:dici|nt|cent|mila)?\b|tren|quattr|quator|quar|cinqu|quindic|quint|sedic|sei\w|sess"
    r"|sett[ea]|ott[oa]|nove\b|novan|diec|diciass|diciott|diciann|undic|dodic|dozzin|decin|vent[io]|ventin|cent(?:o|inai)|mille\b|mila\b"
    r"|migliai|milion|miliard|doppi|metà|mezz[oa]\b|terz|entramb|tripl",
    "pt": r"dois|duas|doze|dobro|dupl|tr(?:ês|eze|int)|quatr|quator|quar|cinc|cinq|quinz|seis|sessen|sete|oit|nove"
    r"|dez|onze|vint|cem\b|cento|centen|\w+centos|mil\b|milh|metade|mei[oa]\b|terç|amb[oa]s|tripl|dúzi",
}

#: A small model may count in English whatever language it writes.
_ENGLISH_NUMBERS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|[a-z]+teen|hundred|thousand|million|billion|first|second|third|half|dozen)s?\b"
)
_COUNTED = frozenset({"number", "ordinal", "percent", "money", "quantity"})
_ONE_OF = re.compile(r"\bone of\b", re.IGNORECASE)
_UN_DES = re.compile(r"\bune? d(?:es?\b|['’])", re.IGNORECASE)


def counts_unread(french: str, translation: str, language: str) -> bool:
    """Whether a translation may count something that the reading of its facts did not recognise ("fortyth").

    "One of" counts nothing where the French has « l'un des ».
    """
    words = re.compile(rf"\b(?:(?:{_COUNTING[language]})\w*|{_ENGLISH_NUMBERS})", re.IGNORECASE)
    text = _ONE_OF.sub("", translation) if _UN_DES.search(french) else translation
    read = [(fact.start, fact.end) for fact in extract_foreign_facts(text, language)]
    return any(
        not any(start <= match.start() and match.end() <= end for start, end in read) for match in words.finditer(text)
    )


def repeats_value(french: str, translation: str, language: str) -> bool:
    """Whether a number stands in a translation more often than in the French: it may stand for one that was lost.

    « Six objectifs … cinq personnes » became "five objectives … five persons": no number that the French lacks.
    """
    ours, theirs = (
        Counter(fact.value.partition(" ")[0] for fact in facts if fact.kind in _COUNTED)
        for facts in (extract_facts(french), extract_foreign_facts(translation, language))
    )
    return any(count > ours[value] for value, count in theirs.items() if value != "1")
