"""Puts a word in the place of another in a translation, and writes the rest anew.

A small model reads in its prompt what a rare word means, and now and then writes another one all the same
(« indéfectible = unwavering », "unfaithful"). While it writes, it remembers where one that it was told was likely too
(``models.contracts.Turn``). Whoever judges the translation knows which word is missing, and asks for that turn to be
taken: its word is forced there, and the search goes on behind it. (Decoding from a corrected prefix is how
translators' tools take corrections: Knowles and Koehn 2016, "Neural Interactive Translation Prediction".)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.contracts import Candidate, Draft
from models.engines.search import Allowed, Ids, Task, Written
from models.engines.tokenizer import Tokenizer


def amend(
    decode: Callable[[list[Task]], list[list[Written]]],
    tokenizer: Tokenizer,
    tasks: Sequence[Task],
    drafts: Sequence[Draft],
) -> list[list[Candidate]]:
    """Each task's draft with its turn taken, as ``decode`` goes on with it, best first.

    Raises ``ModelFailed`` when the runtime fails.
    """
    kept = [tuple(tokenizer.encode(draft.text[: draft.turn.place].rstrip())) for draft in drafts]
    begun = [_begun(tokenizer, *each) for each in zip(tasks, drafts, kept, strict=True)]
    found: list[list[Candidate]] = []
    for draft, ids, outputs in zip(drafts, kept, decode(begun), strict=True):
        texts: dict[str, Candidate] = {}
        for output in outputs:
            mean = (draft.turn.before + output.logprob) / (len(ids) + output.length)
            text = tokenizer.decode([*ids, *output.ids]).strip()
            texts.setdefault(text, Candidate(text, mean, len(ids) + len(output.ids)))
        found.append(list(texts.values()))
    return found


def _begun(tokenizer: Tokenizer, task: Task, draft: Draft, kept: tuple[int, ...]) -> Task:
    """The task of writing on behind what is kept, the turn's word first."""
    forced = tuple(tokenizer.encode(f" {draft.turn.text}"))
    room = max(task.max_tokens - len(kept), len(forced) + 1)
    allowed = _begins_with(tokenizer, forced)
    return replace(task, prompt=task.prompt + kept, max_tokens=room, min_tokens=0, allowed=allowed, watched={})


def _begins_with(tokenizer: Tokenizer, forced: tuple[int, ...]) -> Allowed:
    def allowed(path: tuple[int, ...], ids: Ids) -> NDArray[np.bool_]:
        if len(path) < len(forced):
            return np.equal(ids, forced[len(path)])
        if len(path) == len(forced):
            # "supports" is not to become "supportsing".
            return np.array([not tokenizer.piece(int(id))[:1].isalnum() for id in ids], dtype=bool)
        return np.ones(len(ids), dtype=bool)

    return allowed
