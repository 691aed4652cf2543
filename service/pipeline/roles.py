"""Whether two facts of an article have changed places in a brief."""

from __future__ import annotations

from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.facts import Check


class RoleSupport:
    def __init__(self, index: ArticleIndex) -> None:
        self._index = index

    def check(self, brief: TextIndex, checks: list[Check], own: list[tuple[int, int, int]]) -> list[Check]:
        return checks
