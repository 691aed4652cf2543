"""A French sentence with its spelled-out numbers in digits: a translator that stumbles over the words may read them."""

from __future__ import annotations

from service.pipeline.french_facts import extract_facts

#: Below this every model knows the words; « un » is an article.
_SMALLEST = 13


def in_digits(sentence: str) -> str:
    """The same sentence with « quarante et unième » as « 41e » and « deux cent douze » as « 212 »."""
    pieces, position = [], 0
    for fact in sorted(extract_facts(sentence), key=lambda fact: fact.start):
        written = sentence[fact.start : fact.end]
        if fact.start >= position and fact.kind in ("number", "ordinal") and _is_large_and_spelled(written, fact.value):
            pieces += [sentence[position : fact.start], fact.value + ("e" if fact.kind == "ordinal" else "")]
            position = fact.end
    return "".join([*pieces, sentence[position:]])


def _is_large_and_spelled(written: str, value: str) -> bool:
    """« une vingtaine » and « deux millions » stay words."""
    is_rounded = written.lower().removesuffix("s").endswith(("aine", "millier", "million", "milliard"))
    is_spelled = value.isdigit() and not any(sign.isdigit() for sign in written)
    return is_spelled and not is_rounded and int(value) >= _SMALLEST
