"""What the page's tests open in the browser: the real application over a fake that knows one article well.

``FESTIVAL`` has signs beyond U+FFFF before what is looked for, so that offsets counted in UTF-16
go wrong; its briefs are written, with facts, sources and one doubtful name in the German one. Of
any other article the brief is its first two sentences, extracted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from fake_product import BREAKS, FAILS, FakeBriefer, FakeRuntime
from fastapi import FastAPI

from service.app import create_app
from service.http.page import page_router
from service.pipeline.brief import (
    ArticleSummary,
    Brief,
    Briefing,
    BriefRequest,
    BriefSentence,
    Progress,
    RunNotes,
    Source,
    Warned,
)
from service.pipeline.facts import Check, Fact, FactKind
from service.queue.ticket import Ticket
from service.settings import Settings

SEEDS = Path(__file__).parents[2] / "seeds"

TITLE = "À Uzès, les Voix croisées battent leur record"
FESTIVAL = (
    "🎭🎶 Le festival des Voix croisées s’est achevé dimanche à Uzès. Pendant neuf jours, la ville a vécu au rythme "
    "des chorales venues de onze pays.\n\n"
    "Les organisateurs ont compté 41 200 entrées, contre 36 500 l’an dernier. 🎟 « Nous n’attendions pas un tel "
    "élan », reconnaît la directrice, Hélène Vasseur, qui quittera ses fonctions en mars.\n\n"
    "La soirée d’ouverture, donnée devant la cathédrale, avait pourtant commencé sous la pluie. Les gradins ont été "
    "séchés à la hâte par des bénévoles, et les premières voix ne se sont élevées qu’à la nuit tombée.\n\n"
    "Une formule inédite a fait ses preuves : chaque matin, le public pouvait répéter une heure avec un chœur invité, "
    "puis chanter le soir au pied de la tour Fenestrelle. Des habitants qui n’avaient jamais ouvert une partition s’y "
    "sont pris au jeu, et certains sont revenus tous les jours.\n\n"
    "Les commerçants, eux, sont partagés. Les terrasses ont fait le plein, mais les rues fermées à la circulation ont "
    "compliqué les livraisons. La mairie promet de revoir le plan avec eux cet automne, avant que le programme ne soit "
    "arrêté. Un comité de riverains réclame aussi que les répétitions cessent plus tôt le soir.\n\n"
    "Côté finances, le festival reste fragile : la billetterie ne couvre qu’une partie des dépenses, et les "
    "subventions sont votées année après année. Les mécènes locaux ont pourtant répondu présent.\n\n"
    "Le prix du public revient au chœur portugais Vozes do Tejo, pour la deuxième année de suite. "
    "La prochaine édition n’aura pas lieu place aux Herbes, en travaux jusqu’en 2028."
)

Stated = tuple[FactKind, str, str, str, Literal["supported", "altered", "missing"]]

#: Each sentence by language, the passages that it rests on, and its facts: kind, value, words, the article's words.
WRITTEN: list[tuple[dict[str, str], list[str], dict[str, list[Stated]]]] = [
    (
        {
            "fr": "Le festival 🎶 des Voix croisées a réuni 41 200 spectateurs à Uzès, contre 36 500 l’an dernier.",
            "en": "The 🎶 Voix croisées festival drew 41,200 people to Uzès, up from 36,500 last year.",
            "de": "Das 🎶 Festival Voix croisées zog 41.200 Besucher nach Uzès, nach 36.500 im Vorjahr.",
        },
        [
            "🎭🎶 Le festival des Voix croisées s’est achevé dimanche à Uzès.",
            "Les organisateurs ont compté 41 200 entrées, contre 36 500 l’an dernier.",
        ],
        {
            "fr": [
                ("name", "Voix croisées", "Voix croisées", "Voix croisées", "supported"),
                ("number", "41200", "41 200", "41 200", "supported"),
                ("name", "Uzès", "Uzès", "Uzès", "supported"),
                ("number", "36500", "36 500", "36 500", "supported"),
            ],
            "en": [
                ("name", "Voix croisées", "Voix croisées", "Voix croisées", "supported"),
                ("number", "41200", "41,200", "41 200", "supported"),
                ("name", "Uzès", "Uzès", "Uzès", "supported"),
                ("number", "36500", "36,500", "36 500", "supported"),
            ],
            "de": [
                ("name", "Voix croisées", "Voix croisées", "Voix croisées", "supported"),
                ("number", "41200", "41.200", "41 200", "supported"),
                ("name", "Uzès", "Uzès", "Uzès", "supported"),
                ("number", "36500", "36.500", "36 500", "supported"),
            ],
        },
    ),
    (
        {
            "fr": "La prochaine édition n’aura pas lieu place aux Herbes, en travaux jusqu’en 2028.",
            "en": "The next one will not take place on Place aux Herbes, closed for works until 2028.",
            "de": "Die nächste Ausgabe findet nicht auf dem Marktplatz statt, wo bis 2028 gebaut wird.",
        },
        ["La prochaine édition n’aura pas lieu place aux Herbes, en travaux jusqu’en 2028."],
        {
            "fr": [("date", "2028", "2028", "2028", "supported")],
            "en": [("date", "2028", "2028", "2028", "supported")],
            "de": [
                ("name", "place aux Herbes", "Marktplatz", "", "altered"),
                ("date", "2028", "2028", "2028", "supported"),
            ],
        },
    ),
]


class PageBriefer(FakeBriefer):
    """Refuses, fails and waits by the same words as ``FakeBriefer``; tells each step and waits before translating."""

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        tell = progress or (lambda phase, brief=None: None)
        text = (request.text or re.sub(r"<[^>]+>", " ", request.html or "")).strip()
        tell("article")
        if any(word in text for word in (FAILS, BREAKS)) or text != FESTIVAL:
            self._refuse(request, text)
        briefs = [_brief(text, language) for language in request.languages]
        tell("brief", briefs[0])
        super().run(_plain(request, text), ticket, notes)
        tell("translation")
        article = ArticleSummary(text, request.title, "fr", len(text.split()))
        warnings = () if text == FESTIVAL else (Warned("extracted_fallback", "No written brief was supported."),)
        timings = {"article": 0.01, "brief": 0.7, "translation": 0.4}
        return Briefing(self.identify(request), article, tuple(briefs), self.models, timings, warnings)


def page_application(settings: Settings, runtime: FakeRuntime) -> FastAPI:
    """The application with the page and the seeds as examples."""
    app = create_app(settings, runtime.build)
    if all(getattr(route, "path", "") != "/" for route in app.routes):
        app.include_router(page_router(SEEDS))
    return app


def page_runtime() -> FakeRuntime:
    """A runtime whose briefs are the ones above."""
    runtime = FakeRuntime()
    runtime.briefer = PageBriefer()
    return runtime


def _plain(request: BriefRequest, text: str) -> BriefRequest:
    """The request without what ``_refuse`` has looked at already."""
    return BriefRequest(text=f"Le festival. {text}", languages=request.languages, source_language="fr")


def _brief(text: str, language: str) -> Brief:
    sentences = _written(text, language) if text == FESTIVAL else _extracted(text, language)
    said = " ".join(sentence.text for sentence in sentences)
    origin: Literal["written", "extracted"] = "written" if text == FESTIVAL else "extracted"
    return Brief(language, said, sentences, origin, experimental=language == "de")


def _written(text: str, language: str) -> tuple[BriefSentence, ...]:
    made = []
    for number, (said, passages, facts) in enumerate(WRITTEN, 1):
        sources = tuple(_source(text, passage) for passage in passages)
        made.append(
            BriefSentence(
                f"s{number}",
                said[language],
                sources,
                tuple(_check(text, said[language], sources, fact) for fact in facts[language]),
            )
        )
    return tuple(made)


def _source(text: str, passage: str) -> Source:
    start = text.index(passage)
    return Source(start, start + len(passage), passage, 0.9)


def _check(text: str, sentence: str, sources: tuple[Source, ...], stated: Stated) -> Check:
    kind, value, words, in_article, status = stated
    start = sentence.index(words)
    span = next(
        (
            (
                source.start + source.quote.index(in_article),
                source.start + source.quote.index(in_article) + len(in_article),
            )
            for source in sources
            if in_article and in_article in source.quote
        ),
        None,
    )
    detail = "" if status == "supported" else "It stands for another name."
    return Check(Fact(kind, value, words, start, start + len(words)), status, span, detail)


def _extracted(text: str, language: str) -> tuple[BriefSentence, ...]:
    found = [match for match in re.finditer(r"[^\s.!?][^.!?]*[.!?]*", text)][:2]
    made = []
    for number, match in enumerate(found, 1):
        said = match[0] if language == "fr" else f"[{language}] {match[0]}"
        shift = match.start() - (len(said) - len(match[0]))
        checks = tuple(
            Check(
                Fact("number", one[0], one[0], one.start(), one.end()),
                "supported",
                (one.start() + shift, one.end() + shift),
            )
            for one in re.finditer(r"\d+", said)
        )
        sources = (Source(match.start(), match.end(), match[0], 1.0),)
        made.append(BriefSentence(f"s{number}", said, sources, checks))
    return tuple(made)
