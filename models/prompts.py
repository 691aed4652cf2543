"""The words between what a model reads and what it writes: the same in training and in serving."""

BRIEF_CUE = "\n\nEn bref : "
TRANSLATION_CUE = " \n"
