"""Which language an article is in, decided on the whole text, with a confidence that means something.

py3langid was chosen over lingua on 57 items of our own (14 French headlines and news sentences; English,
Spanish, Italian, Catalan, Portuguese, Romanian, seven other languages; numbers, emoji and "ok"), and on the
first 120 characters of 100 French news articles:

===============================================  ==========  ======
.                                                py3langid   lingua
===============================================  ==========  ======
right language of 54                             48          45
French told from not French, of 54               51          53
French items at 0.6 or above, of 14              11          7
other languages taken for French at 0.6          0           0
news openings at 0.6 or above, of 100            100         100
milliseconds for 600 characters                  0.3         2.2
installed size, MB                               4.6         96
===============================================  ==========  ======

Both are certain of a paragraph; what differs is a line of six words full of names, where lingua's confidence
is too low to act on. Of 546 fragments of six words, French and English, to which this module gave 0.6 or more,
all were right; of 23 between 0.4 and 0.6, 91 %. py3langid is limited to the languages below: its
142 include many that no newspaper writes and that draw confidence away from short French titles.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any

from service.errors import WrongLanguage

#: What is told apart: the languages of Europe's and the larger world press, and French's near relatives.
LANGUAGES = (
    "af ar bg br ca cs cy da de el en es et eu fa fi fr ga gl he hi hr ht hu id is it ja ko la lt lv mt nl no oc pl pt "
    "ro ru sk sl sq sr sv tr uk vi wa zh"
)
UNDETERMINED = "und"

#: Less than this many words of two letters or more say nothing.
MIN_WORDS = 3
#: Below this confidence no language is named.
MIN_CONFIDENCE = 0.3

_WINDOW = 400  # characters
_WINDOWS = 16
_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")


@dataclass(frozen=True)
class Detected:
    """``language`` is an ISO 639-1 code (or 639-3 where there is none), or "und"; ``confidence`` lies in 0..1."""

    language: str
    confidence: float

    @property
    def is_french(self) -> bool:
        """Whether French is the likeliest language."""
        return self.language == "fr"


class LanguageDetector:
    """Detects languages; the model (about half a second to load) is read at the first use. Thread-safe."""

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def detect(self, text: str) -> Detected:
        """The language of a text.

        A long text is judged by up to sixteen windows spread over it, each with the same weight, so
        that a title or a quotation in another language does not decide; the confidence is then also
        the share of the text in that language. Without words the language is "und" and the
        confidence 0.
        """
        totals: dict[str, float] = {}
        windows = [window for window in _windows(_ADDRESS.sub(" ", text)) if _has_words(window)]
        if not windows:
            return Detected(UNDETERMINED, 0.0)
        model = self._loaded()
        for window in windows:
            for language, probability in model.rank(window):
                totals[language] = totals.get(language, 0.0) + probability / len(windows)
        language = max(totals, key=lambda name: totals[name])
        confidence = min(1.0, max(0.0, totals[language]))
        return Detected(language if confidence >= MIN_CONFIDENCE else UNDETERMINED, confidence)

    def require_french(self, text: str, threshold: float, stated: str | None = None) -> Detected:
        """Raise ``WrongLanguage`` unless the text is French with at least this confidence.

        A caller who states "fr" (or "fr-CA" and the like) is believed; the answer still says what was
        detected, so that a warning can be given. A caller who states another language gets
        ``WrongLanguage`` with it. Half-French text counts as "und".
        """
        if stated is not None and stated.lower().replace("_", "-").split("-")[0] != "fr":
            raise WrongLanguage(stated.lower(), 1.0)
        detected = self.detect(text)
        if stated is None and not (detected.is_french and detected.confidence >= threshold):
            raise WrongLanguage(UNDETERMINED if detected.is_french else detected.language, detected.confidence)
        return detected

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                from py3langid import langid

                self._model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
                self._model.set_languages(LANGUAGES.split())
            return self._model


def _windows(text: str) -> list[str]:
    """The whole of a short text; of a long one, pieces at equal distances."""
    if len(text) <= _WINDOW * 2:
        return [text]
    count = min(_WINDOWS, len(text) // _WINDOW)
    step = (len(text) - _WINDOW) / (count - 1)
    return [text[round(n * step) : round(n * step) + _WINDOW] for n in range(count)]


def _has_words(window: str) -> bool:
    words = (word[0] for word in _WORD.finditer(window))
    # Scripts without spaces have one long "word".
    letters = sum(map(str.isalpha, window))
    return letters >= 10 and (sum(1 for _ in words) >= MIN_WORDS or letters >= 60)
