"""What the fixture ``breve`` gives: briefs of any text, and assertions on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.contracts import Length
from service.pipeline.brief import BriefRequest, CacheUse, Policy, Typography
from service.testing.answering import Answerer
from service.testing.assertions import BriefAssertion, assert_brief
from service.testing.under_test import BriefUnderTest, brief_of_reply


class Breve:
    """Briefs from the product, from a server or from a recorded pack, whichever the test run names."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def brief(
        self,
        text: str | None = None,
        *,
        html: str | None = None,
        title: str | None = None,
        languages: Sequence[str] = ("fr", "en"),
        length: Length = "medium",
        source_language: str | None = None,
        cache: CacheUse = "use",
        policy: Policy = "strict",
        typography: Typography = "article",
        glossary: Mapping[str, str] | None = None,
        do_not_translate: Sequence[str] = (),
    ) -> BriefUnderTest:
        """The French brief of one article; ``.in_language("en")`` gives the others asked for.

        The options are those of ``POST /v1/briefs``. Raises children of ``BreveError``, among them
        ``NotRecorded`` when a pack has no such brief.
        """
        request = BriefRequest(
            text=text,
            html=html,
            title=title,
            languages=tuple(languages),
            length=length,
            source_language=source_language,
            cache=cache,
            policy=policy,
            typography=typography,
            glossary=dict(glossary or {}),
            do_not_translate=tuple(do_not_translate),
        )
        return brief_of_reply(self._answerer.answer(request))

    def assert_brief(self, brief: str | BriefUnderTest, article: str | None = None) -> BriefAssertion:
        """``service.testing.assert_brief``, at hand with the fixture."""
        return assert_brief(brief, article)

    def close(self) -> None:
        """Let go of models or connections; write what was recorded."""
        self._answerer.close()
