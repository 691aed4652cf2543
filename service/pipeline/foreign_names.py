"""Names in English, German, Spanish, Italian and Portuguese sentences.

English writes nationalities, languages, months and titles with a capital, German every noun. So a
German word is a name only when a table knows it, an English one when it is not such a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from babel import Locale

from service.pipeline.exonyms import exonyms, fold
from service.pipeline.foreign_words import months, weekdays


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GIVEN_NAMES = _listed(
    """aaron abdel adam adrian ahmed alain albert alberto alessandro alex alexander alexandra alexei alfred ali alice
    amir amy ana andre andrea andreas andrew angela anna anne annie anthony antoine antonio ariel arthur audrey barack
    ben benjamin bernard bernd bernie bill bob boris brad brandon brian brigitte bruce bruno camille carl carla carlos
    carmen caroline catherine cecile celine charles charlotte chris christian christine christophe claire claude
    claudia clement daniel danielle david deborah denis dennis didier diego dimitri dominique donald donna dorothy
    eduardo edward elena elisabeth elizabeth elon emma emmanuel enrico eric erik ernest esther eva fabien fatima
    federico felix fernando francesca francis francisco franck francois frank franz frederic friedrich gabriel george
    georges gerard gerhard giorgia giovanni giuseppe gregory guillaume gustav hans harold harry heinrich helen helene
    henri henry hillary hubert hugo ibrahim igor ingrid irene isabelle ivan jack jacques jaime jair james jan jane
    javier jean jeff jennifer jeremy jerome jesse jessica jill jim joachim joanna joe johann johannes john jonathan
    jordan jorge jose joseph juan julia julie julien jurgen justin kamala karen karim karl kate katherine keir keith
    kenneth kevin klaus kylian larry laura laurent lea lee leila leo leon leonardo leonid lewis liam linda lionel lisa
    louis louise luc luca lucas lucie luis luigi luiz lukas maria marc marcel marco margaret maria marie marine mario
    mark markus marta martin martine mary mateo mathieu matteo matthew maurice max maxime maya megan michael michel
    michelle miguel mike mikhail mohamed mohammed monica moshe nancy nathalie nicolas nicole nigel nikolai noah nora
    olaf oleg olga oliver olivier omar oscar pablo paolo pascal patricia patrick paul paula pedro peter philip philippe
    pierre rachel rafael ralph raphael raymond rebecca rene richard rishi robert roberto roger roland roman ronald rosa
    roy russell ruth ryan salvador sam samuel sandra sara sarah scott sean sebastien serge sergei sergio silvio simon
    sofia sophie stefan stephane stephen steve steven susan sylvie theresa thierry thomas tim timothy tom tony ursula
    valerie victor viktor vincent vladimir volodymyr walter werner wilhelm william winston wolfgang xavier yann yves
    zoe"""
)
_NOT_GIVEN = {
    "de": _listed("mark roman max ruth"),
    "en": _listed("bill mark jack grant roman jordan"),
    "es": _listed("rosa salvador"),
    "it": _listed("rosa marco"),
    "pt": _listed("rosa salvador"),
}
#: Words that English and the Romance languages often capitalise within a sentence without naming anyone.
_COMMON = _listed(
    """i mr mrs ms miss dr sir lady lord dame madam president vice prime minister ministers ministry secretary
    chancellor governor mayor senator senators congress congressman parliament senate house government state states
    federal national international general supreme high court council committee commission commissioner department
    office agency authority board bureau service services union unions party left right labour labor democrats
    democrat democratic republicans republican conservative conservatives liberal liberals socialist socialists
    communist communists greens green social army navy air force forces police gendarmerie church catholic catholics
    protestant protestants christian christians muslim muslims jew jews jewish islam islamic islamist christianity
    judaism buddhist god king queen prince princess pope bishop archbishop cardinal saint university college school
    institute academy museum theatre theater hospital bank company group inc ltd corporation foundation association
    federation league cup championship championships games olympic olympics paralympic final world european western
    eastern northern southern north south east west central upper lower new old great grand republic kingdom empire
    constitution constitutional act bill law code report treaty agreement charter convention directive chapter article
    internet web net earth moon sun middle ages age day war revolution city county province region district street
    avenue square bridge river lake sea ocean mount mountain island islands bay cape gulf airport station port park
    castle palace tower cathedral chief executive officer director chairman chair professor judge attorney
    sen rep gov gen lt col capt sgt prof hon rev moslem moslems
    prosecutor counsel ambassador colonel captain lieutenant sergeant major commander admiral interior foreign
    defence defense health education finance economy treasury justice transport agriculture environment culture home
    affairs tv covid ok id it pr ceo dvd gps x-ray sms usb forties fifties sixties seventies eighties nineties no
    not never nicht nie non não nunca what why how when where who the a an and of in on at for to by with from
    tsar kaiser renaissance christmas
    easter ramadan passover halloween thanksgiving arab arabs kurd kurds kurdish roma slavic latin anglo hispanic
    gothic victorian oscar nobel prize award twitter facebook google youtube mum dad mom daddy father mother señor
    señora don doña signor signora senhor senhora dona presidente ministro ministra gobierno governo estado estados
    stato reino regno república repubblica parlamento congreso congresso senado senato consejo consiglio conselho
    corte tribunal tribunale comisión commissione comissão iglesia chiesa igreja policía polizia polícia ejército
    esercito exército constitución costituzione constituição dios dio deus navidad natale natal guerra universidad
    università universidade ciudad città cidade ministerio ministero ministério agencia agenzia agência tierra terra
    primer primero premier europa jefe rey re rei papa santo santa san alto nacional nazionale internacional norte
    sur sud sul nord est este oeste ovest leste occidente oriente usted lei voi ella vd"""
)
_TOKEN = re.compile(r"[^\W\d_][\w]*(?:[-'’][^\W_]\w*)*")
_CONTRACTION = re.compile(
    r"(?:i|you|we|they|he|she|it|that|there|who|what|here|where|how|let)['’](?:ve|ll|d|re|s|m)"
    r"|(?:do|does|did|is|are|was|were|has|have|had|wo|ca|could|would|should|must|need|ai|might)n['’]t"
)
_ROMAN = re.compile(r"[IVXLC]+(?:st|nd|rd|th|er?|[ºª°])?|I'\w+|I’\w+")
_OPENS = re.compile(r"(?:^|[.!?…:;]|[\"“„«»‘(\[–—-])[\s\u00a0\u202f\"“„«‘(¿¡–—-]*$")


class Name(NamedTuple):
    """A run of capitalised words at ``text[start:end]``; ``value`` is folded."""

    value: str
    start: int
    end: int


class Word(NamedTuple):
    """A word with a capital; ``initial`` where the sentence's beginning explains it."""

    text: str
    start: int
    end: int
    initial: bool


@cache
def _languages(language: str) -> frozenset[str]:
    """Names of languages, folded: in English they are capitalised and mostly also nationalities."""
    names = Locale.parse(language).languages.values()
    return frozenset(word for name in names for word in fold(name).split())


def capitalised(text: str) -> Iterator[Word]:
    """The words of a text that begin with a capital (or hold one: iPhone), in order."""
    for match in _TOKEN.finditer(text):
        written = re.sub(r"['’]s$", "", match.group())
        prefix = re.match(r"(?:[dl]|dell|nell|all|dall|sull|un|qu|quest)['’](?=[A-ZÀ-Þ])", written, re.I)
        skipped = prefix.end() if prefix else 0
        word, start = written[skipped:], match.start() + skipped
        if any(sign.isupper() for sign in word) and not _ROMAN.fullmatch(word):
            initial = not skipped and bool(_OPENS.search(text, max(0, start - 12), start))
            yield Word(word, start, start + len(word), initial)


def is_acronym(word: str) -> bool:
    """Whether a word is written in capitals: "NATO", "G7"."""
    letters = [sign for sign in word if sign.isalpha()]
    return len(letters) > 1 and all(sign.isupper() for sign in letters)


def is_given_name(word: str, language: str) -> bool:
    """Whether a word is a first name that no ordinary word of the language looks like."""
    folded = fold(word)
    return folded in _GIVEN_NAMES and folded not in _NOT_GIVEN.get(language, ())


def names_nobody(word: str, language: str) -> bool:
    """Whether a capital is owed to the kind of word: month, weekday, language, nationality, title, common noun."""
    lowered, folded = word.lower(), fold(word)
    plural = lowered.removesuffix("s")
    return (
        lowered in _COMMON
        or exonyms(language).is_ordinary(word)
        or plural in _COMMON
        or lowered in months(language)
        or lowered in weekdays(language)
        or plural in weekdays(language)
        or folded in _languages(language)
        or exonyms(language).is_people(word)
        or exonyms(language).is_noun(word)
        or all(part in _COMMON or not part for part in re.split(r"[-'’]", lowered))
        or (language == "en" and _CONTRACTION.fullmatch(lowered) is not None)
        or ("-" in word and all(_is_plain(part, language) for part in word.split("-")))
    )


def _is_plain(part: str, language: str) -> bool:
    """Whether a part of a compound names nobody: "mid" and "September", "English" and "speaking"."""
    return not any(sign.isupper() for sign in part) or (not is_acronym(part) and names_nobody(part, language))


def _is_name(word: Word, language: str, following: Word | None, after_name: bool, alone: bool) -> bool:
    known = (
        (is_given_name(word.text, language) and not exonyms(language).is_ordinary(word.text))
        or exonyms(language).is_name(word.text)
        or is_acronym(word.text)
    ) and word.text.lower() not in _COMMON
    if language == "de":
        return known or after_name
    if word.initial and not known and language != "en":
        # The lists of ordinary words are long enough for English only.
        adjacent = following is not None and following.start - word.end == 1
        return adjacent and is_given_name(word.text, language)
    if alone and not known:
        return False
    return known or not names_nobody(word.text, language)


def find_names(text: str, language: str) -> list[Name]:
    """Runs of words that name somebody or something, in order.

    In German a word counts when it is a known first name, a known place or body, an acronym, or
    follows a first name.
    """
    words = list(capitalised(text))
    found: list[Name] = []
    after_name = False
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else None
        touching = bool(found) and word.start - found[-1].end == 1 and text[word.start - 1] in " \u00a0"
        # "Hello.", "Thanks, ...": a greeting that a list of ordinary words may lack.
        alone = word.initial and re.match(r"\s*(?:[.!?…,]|$)", text[word.end :]) is not None
        if not _is_name(word, language, following, after_name and touching, alone):
            after_name = False
            continue
        if touching:
            joined = f"{found[-1].value} {fold(word.text)}"
            found[-1] = Name(joined, found[-1].start, word.end)
        else:
            found.append(Name(fold(word.text), word.start, word.end))
        after_name = is_given_name(word.text, language)
    return found
