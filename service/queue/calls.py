"""Calls of an engine: a batch goes in as one, and what it gives or raises reaches each item's job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import structlog

from models.contracts import Reader, Summariser, SummaryOptions, TranslationOptions, Translator
from models.errors import ModelFailed
from service.queue.batching import Item, Outputs, merged_options, padded_tokens
from service.queue.settling import Settling, as_model_error

Engine = Reader | Summariser | Translator

_log = structlog.get_logger(__name__)


class Calls:
    """One worker's calls, all from its one thread. ``clock`` is monotonic, in seconds."""

    def __init__(self, name: str, settling: Settling, clock: Callable[[], float]) -> None:
        self._name, self._settling, self._clock = name, settling, clock

    def compute(self, engine: Engine, batch: Sequence[Item]) -> bool:
        """One call for the batch, or, if it fails, one for each item, so that only the guilty one's job fails.

        Whether the engine gave what it was asked for in the first call.
        """
        live = self._start(batch)
        if not live:
            return False
        try:
            outputs = self._call(engine, live)
        except Exception as error:  # the worker's edge: whatever a runtime raises ends in the jobs' futures
            _log.warning("batch_failed", worker=self._name, size=len(live), error=repr(error))
            if len(live) == 1:
                self._settling.fail(live[0].job, as_model_error(error))
            for item in live if len(live) > 1 else ():
                self._compute_alone(engine, item)
            return False
        for item, candidates in zip(live, outputs, strict=True):
            item.job.give(item.index, candidates)
        return True

    def _compute_alone(self, engine: Engine, item: Item) -> None:
        if not self._settling.is_wanted(item.job):
            return
        try:
            outputs = self._call(engine, [item])
        except Exception as error:  # the worker's edge, as above
            _log.warning("item_failed", worker=self._name, error=repr(error))
            self._settling.fail(item.job, as_model_error(error))
        else:
            item.job.give(item.index, outputs[0])

    def _call(self, engine: Engine, items: Sequence[Item]) -> Outputs:
        texts, options, step = [item.text for item in items], merged_options(items), items[0].job.step
        started = self._clock()
        if step == "read":
            outputs = cast(Reader, engine).read(texts)
        elif step == "summarise":
            outputs = cast(Summariser, engine).summarise(texts, cast(SummaryOptions, options))
        else:
            outputs = cast(Translator, engine).translate(texts, cast(TranslationOptions, options))
        self._settling.tell("on_batch", step, len(items), padded_tokens(items), self._clock() - started)
        if len(outputs) != len(items) or not all(outputs):
            raise ModelFailed(f"the engine gave {len(outputs)} outputs for {len(items)} inputs, or an empty one")
        return outputs

    def _start(self, batch: Sequence[Item]) -> list[Item]:
        """The items that somebody still waits for."""
        live = [item for item in batch if self._settling.is_wanted(item.job)]
        for item in live:
            if not item.job.started:
                item.job.started = True
                self._settling.tell("on_started", item.job.step, self._clock() - item.job.arrived)
        return live
