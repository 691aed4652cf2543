"""Negation, contrast and quotation marks of a sentence and its translation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.pipeline.facts import Check, Fact
from service.pipeline.foreign_words import lexicon
from service.pipeline.french_tokens import fold, stem
from service.pipeline.negation import DENIALS

#: French words that another language may render with a negation.
_SOFT_FRENCH = re.compile(
    r"\b(?:non|ni|sans|pas|guère|à peine|seul\w*|peu|trop|im(?:possible|puissan|probable)\w*|in(?!t|di|st|f|v)\w{4,}"
    r"|sauf|hors|dé(?!c|p|j|v|b|m)\w{5,}|mécontent\w*|ignor\w+|faute|refus\w+|manqu\w+|absen\w+|rare\w*|plutôt"
    r"|au lieu|loin|nul\w*|rien|zéro|tant que|avant que|jusqu'à ce que|ne)\b",
    re.IGNORECASE,
)
_SANS = re.compile(r"\bsans\s+$", re.IGNORECASE)
_REPEATED = re.compile(r"(?:non|ni)\b", re.IGNORECASE)
#: What says that something is otherwise, and how English says it; other languages are not looked at.
_CONTRARY = re.compile(r"\bcontrairement (?:à|aux?)(?!\w)|\bà (?:l['’](?:inverse|opposé)|rebours) d(?:e|u|es)\b", re.I)
_SAID_OTHERWISE = re.compile(
    r"\b(?:unlike|contrary|contrast\w*|oppos\w+|despite|against|instead|whereas|while|but|differ\w*|counter\w*"
    r"|contradict\w*|in spite)\b",
    re.I,
)
_DENIED = re.compile(r"\b(?:not|never|no|cannot)\b|n['’]t\b", re.I)
_QUOTATION = re.compile(r"[«“„]|\"|(?<!\w)‘(?=\w)|(?<!\w)»(?=\w)")


def compare_negations(
    french: str, translation: str, language: str, of_french: Sequence[Fact], of_translation: Sequence[Fact]
) -> list[Check]:
    """Whether both sides deny something, or neither does, and the translation as often as the French.

    A word that denies by itself ("refuse", "without", "impossible") is enough to answer a negation
    of the other side, but asks for none.
    """
    # « non plus », « non coupable » and « ni » repeat a negation or are said by an adjective.
    ours = [fact for fact in of_french if fact.kind == "negation" and not _REPEATED.match(fact.text)]
    # « sans jamais » denies once, and is read as two.
    ours = [fact for fact in ours if not (fact.text.lower() == "jamais" and _SANS.search(french[: fact.start]))]
    theirs = [fact for fact in of_translation if fact.kind == "negation"]
    soft = re.findall(rf"(?<!\w)(?:{lexicon(language).soft_negations})(?!\w)", translation, re.I)
    if len(ours) > len(theirs) + len(soft):
        fact = ours[-1] if theirs else ours[0]
        return [Check(fact, "missing", (fact.start, fact.end), f"The translation lacks the negation “{fact.text}”.")]
    if ours and theirs:
        return [Check(fact, "supported", (ours[0].start, ours[0].end)) for fact in theirs]
    if theirs and not _may_deny(french):
        fact = theirs[0]
        return [Check(fact, "altered", None, f"“{fact.text}” denies what the French sentence states.")]
    return []


def compare_contrasts(french: str, translation: str, language: str, of_french: Sequence[Fact]) -> list[Check]:
    """Whether what the French sentence sets against something is set against it in English too.

    « contrairement aux affiches » became "compared to the posters": every name kept, and the opposite understood.
    """
    match = _CONTRARY.search(french)
    if language != "en" or match is None or _SAID_OTHERWISE.search(translation):
        return []
    # "It is not as the posters say" says it too, unless the French denies something besides.
    if _DENIED.search(translation) and not any(fact.kind == "negation" for fact in of_french):
        return []
    fact = Fact("negation", "not", match.group(), match.start(), match.end())
    return [Check(fact, "missing", match.span(), f"The translation lacks the contrast “{match.group()}”.")]


def _may_deny(french: str) -> bool:
    words = re.findall(r"[^\W\d_]+", french)
    return bool(_SOFT_FRENCH.search(french)) or any(stem(fold(word)) in DENIALS for word in words)


def quotations(text: str) -> int:
    """How many quotations a text opens; a lone straight mark, as where a quotation goes on, is one."""
    if "„" in text:
        text = text.replace("“", "”")  # German “ closes
    marks = _QUOTATION.findall(text)
    straight = marks.count('"')
    if not marks:
        return len(re.findall(r"(?<!\w)'[^'\n]{2,}'(?!\w)", text))
    return len(marks) - straight + (straight + 1) // 2


def compare_quotations(french: str, translation: str) -> list[Check]:
    """Whether the translation quotes where the French does.

    Two quotations may become one and one two ("yes", he said, "but"), so only their presence counts,
    and a loss of more than one.
    """
    ours, theirs = quotations(french), quotations(translation)
    if ours and (not theirs or ours - theirs > 1):
        match = re.search(r"[«“\"„][^»”\"“]*[»”\"“]?", french)
        start, end = match.span() if match else (0, len(french))
        fact = Fact("quotation", french[start:end].strip('«»“”"„ \u00a0\u202f'), french[start:end], start, end)
        return [Check(fact, "missing", (start, end), "The translation does not mark what the French sentence quotes.")]
    if theirs and not ours and not re.search(r"[»”’‘]", french):
        match = re.search(r"[«“\"„‘»]", translation)
        start = match.start() if match else 0
        fact = Fact("quotation", translation[start:], translation[start:], start, len(translation))
        return [Check(fact, "altered", None, "The translation quotes what the French sentence does not.")]
    return []
