"""How jobs end other than in a result, and who is told of it."""

from __future__ import annotations

from typing import Final

import structlog

from models.errors import ModelError, ModelFailed
from service.errors import Cancelled, DeadlineExceeded, ServiceError, ShuttingDown
from service.queue.batching import Job
from service.queue.observer import DropReason, Observer

_log = structlog.get_logger(__name__)

_REASONS: Final[dict[type[ServiceError], DropReason]] = {
    Cancelled: "cancelled",
    DeadlineExceeded: "deadline",
    ShuttingDown: "shutdown",
}


class Settling:
    """Ends jobs and tells ``observer``; safe to use from several threads, since a job ends only once."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def is_wanted(self, job: Job) -> bool:
        """Whether the job is to go on; one that is cancelled or late ends here."""
        if job.over:
            return False
        try:
            job.ticket.check()
        except (Cancelled, DeadlineExceeded) as error:
            self.drop(job, error)
            return False
        return True

    def drop(self, job: Job, error: ServiceError) -> None:
        """End a job that will not be computed: one of the errors that have a reason."""
        if job.fail(error):
            self.tell("on_dropped", job.step, _REASONS[type(error)])

    def fail(self, job: Job, error: Exception) -> None:
        """End a job with an error of the engine."""
        if job.fail(error):
            self.tell("on_failed", job.step)

    def tell(self, event: str, *details: object) -> None:
        """Let the observer know; ``event`` is one of its methods."""
        try:
            getattr(self._observer, event)(*details)
        except Exception:  # whoever counts must not stop whoever computes
            _log.exception("observer_failed", event_name=event)


def as_model_error(error: Exception) -> ModelError:
    """The engine's error in our hierarchy; a new object for each job, since tracebacks grow on it."""
    if isinstance(error, ModelError) and not isinstance(error, ModelFailed):
        return error
    failed = ModelFailed(str(error) or type(error).__name__)
    failed.__cause__ = error
    return failed
