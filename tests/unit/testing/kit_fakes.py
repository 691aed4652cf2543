"""A product without models for the kit's tests: the first sentence in French, capitals in English."""

from __future__ import annotations

from models.contracts import ModelIdentity
from service.errors import WrongLanguage
from service.pipeline.article import read_article
from service.pipeline.brief import (
    ArticleSummary,
    Brief,
    Briefing,
    BriefRequest,
    BriefSentence,
    Progress,
    RunNotes,
    Source,
)
from service.pipeline.facts import Check, Fact
from service.pipeline.support import SupportChecker
from service.queue.ticket import Ticket

STORM = (
    "La tempête a privé 9 800 foyers d'électricité mercredi à Cherbourg. Une rafale de 154 km/h a d'abord été "
    "signalée. La valeur retenue est de 137 km/h. Aucun blessé n'est à déplorer, selon Odile Lecacheux."
)
VOTE = "Le conseil a voté 2,4 millions d'euros pour la médiathèque. Les travaux dureront dix-huit mois."


class KitBriefer:
    """Its French brief is the article's first sentence, or what ``says`` holds; ``digest`` is its weights'."""

    languages = ("fr", "en")

    def __init__(self) -> None:
        self.says: dict[str, str] = {}
        self.refuses: set[str] = set()
        self.digest = "0" * 64
        self.requests: list[BriefRequest] = []
        self.closed = 0

    @property
    def models(self) -> tuple[ModelIdentity, ...]:
        return (ModelIdentity("fake", "1", self.digest, "fake"),)

    def identify(self, request: BriefRequest) -> str:
        return "id"

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        self.requests.append(request)
        article = read_article(request.text, request.html, request.title)
        if article.text in self.refuses:
            raise WrongLanguage("en", 0.9)
        first = article.sentences[0]
        text = self.says.get(article.text, first.text)
        checks = SupportChecker(article).check(text).checks
        sentence = BriefSentence("s1", text, (Source(first.start, first.end, first.text, 0.75),), checks)
        briefs = [Brief("fr", text, (sentence,), "written")]
        if "en" in request.languages:
            lost = Fact("name", "cherbourg", "Cherbourg", 58, 67)
            wrong = Check(lost, "missing", (58, 67), "The translation lacks “Cherbourg”.")
            shown = BriefSentence("s1", text.upper(), sentence.sources, (wrong,))
            briefs.append(Brief("en", text.upper(), (shown,), "written"))
        summary = ArticleSummary(article.text, article.title, "fr", article.words)
        timings = {"summarise": float(len(self.requests))}
        return Briefing("id", summary, tuple(briefs), self.models, timings, ())

    def close(self) -> None:
        self.closed += 1
