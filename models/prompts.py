"""The words between what a model reads and what it writes: the same in training and in serving."""

BRIEF_CUE = "\n\nEn bref : "

#: Asks for one short sentence, of at most so many words.
SHORT_CUE, SHORT_WORDS = "\n\nEn très bref : ", 20


def brief_cue(most_words: int) -> str:
    """What follows a passage whose brief may have so many words."""
    return SHORT_CUE if most_words <= SHORT_WORDS else BRIEF_CUE


#: What follows a French sentence, by the language of its translation. One adapter writes them all: the cue names the
#: language in that language, and English, with which training began, has none.
TRANSLATION_CUES = {
    "en": " \n",
    "de": " \nDeutsch:\n",
    "es": " \nEspañol:\n",
    "it": " \nItaliano:\n",
    "pt": " \nPortuguês:\n",
}
