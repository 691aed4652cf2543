"""The one table of exit codes: which family of error ends a command with which code, and what helps."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import BreveError, ModelError, ModelUnavailable
from service.errors import (
    ArticleTooLarge,
    EmptyArticle,
    Misconfigured,
    NotCached,
    RequestError,
    ServiceError,
    WrongLanguage,
)


@dataclass(frozen=True)
class Exit:
    """A code, what it means, and the root of the errors that end with it (none for the plain outcomes)."""

    code: int
    meaning: str
    family: type[BaseException] | None = None


DONE = Exit(0, "Done.")
UNEXPECTED = Exit(1, "A fault of Brève, with its traceback on standard error; or the reader of its output went away.")
USAGE = Exit(2, "The command line is wrong: an unknown option, a missing argument.")
FOUND_WANTING = Exit(
    8, "It ran, and the answer is no: a threshold of `evaluate`, a check of `doctor` or `cache check` does not hold."
)
INTERRUPTED = Exit(130, "Interrupted with Ctrl-C.", KeyboardInterrupt)

#: An error ends with the code of the nearest family above it.
EXITS: tuple[Exit, ...] = (
    DONE,
    UNEXPECTED,
    USAGE,
    Exit(
        3, "The input is refused: empty, not French, too large, of an unknown form, or not in the cache.", RequestError
    ),
    Exit(
        4, "Weights or a package are missing or damaged; the message names the command that mends it.", ModelUnavailable
    ),
    Exit(5, "A model failed while it computed; trying again may help.", ModelError),
    Exit(6, "The service cannot do it now: not ready, overloaded, out of time.", ServiceError),
    Exit(7, "A setting is wrong; the message names it.", Misconfigured),
    FOUND_WANTING,
    Exit(9, "A file cannot be read or written.", OSError),
    INTERRUPTED,
)

_BY_FAMILY = {each.family: each for each in EXITS if each.family is not None}

_HINTS: dict[type[BreveError], str] = {
    WrongLanguage: "if it is French all the same, add --source-language fr",
    EmptyArticle: "give a file, a text, or - for standard input",
    ArticleTooLarge: "BREVE_MAX_BYTES sets the limit",
    NotCached: "leave out --cache only to have it written",
}


def exit_for(error: BaseException) -> Exit:
    """The row of the table that an error belongs to; ``UNEXPECTED`` for one of no known family."""
    for ancestor in type(error).__mro__:
        if ancestor in _BY_FAMILY:
            return _BY_FAMILY[ancestor]
    return UNEXPECTED


def helpful_line(error: BaseException) -> str:
    """What went wrong and what helps, in one line."""
    message = " ".join(str(error).split()) or type(error).__name__
    hint = f"run `{error.remedy}`" if isinstance(error, ModelUnavailable) else _hint(error)
    return f"{message}; {hint}" if hint else message


def _hint(error: BaseException) -> str:
    for ancestor in type(error).__mro__:
        if ancestor in _HINTS:
            return _HINTS[ancestor]
    return ""
