"""CTranslate2 against transformers on small models of the published classes, converted by the product."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hub_fixtures import FRENCH, prepare_small

from models.catalogue import Role
from models.contracts import Summariser, SummaryOptions, TranslationOptions, Translator
from models.engines.ctranslate2 import CTranslate2Search, CTranslate2Summariser, CTranslate2Translator
from models.engines.seq2seq import BeamSearch, Limits, Output
from models.engines.transformers_seq2seq import TransformersSearch, TransformersSummariser, TransformersTranslator
from models.errors import ModelUnavailable

ROLES: tuple[Role, ...] = ("summary", "translation")
LIMITS = (Limits(1, 24), Limits(8, 16))
ARTICLE = " ".join(FRENCH)

#: Opens both engines in a process of its own and says which heavy modules that loaded.
SERVE = """
import sys
from pathlib import Path
from models.contracts import SummaryOptions, TranslationOptions
from models.engines.ctranslate2 import CTranslate2Summariser, CTranslate2Translator
folder = Path(sys.argv[1])
briefs = CTranslate2Summariser(folder / "summary", 1).summarise(["Le maire a été réélu."], SummaryOptions())
lines = CTranslate2Translator(folder / "translation", 1).translate(["Le maire a été réélu."], TranslationOptions())
print(len(briefs[0]), len(lines[0]), sorted({"torch", "transformers"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_small(tmp_path_factory.mktemp("exact"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_small(tmp_path_factory.mktemp("small"), quantisation="int8")


def outputs(runtime: BeamSearch, limits: Limits, beams: int) -> list[list[Output]]:
    return runtime.search(FRENCH, limits, beams, beams)


def compare(ours: list[list[Output]], theirs: list[list[Output]]) -> None:
    assert [[(output.text, output.tokens, output.complete) for output in each] for each in ours] == [
        [(output.text, output.tokens, output.complete) for output in each] for each in theirs
    ]
    for mine, reference in zip(ours, theirs, strict=True):
        assert [output.mean for output in mine] == pytest.approx([output.mean for output in reference], abs=1e-3)


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("beams", [1, 4, 6])
@pytest.mark.parametrize("role", ROLES)
def test_both_runtimes_write_the_same_tokens(exact: Path, role: Role, beams: int, limits: Limits) -> None:
    ours = outputs(CTranslate2Search(exact / role, role, 1), limits, beams)
    compare(ours, outputs(TransformersSearch(exact / role, role), limits, beams))
    lengths = {output.tokens for each in ours for output in each}
    assert len(lengths) > 1
    assert min(lengths) >= limits.least
    assert max(lengths) <= limits.most


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize("role", ROLES)
def test_they_agree_on_a_first_token_and_on_penalties(tmp_path: Path, role: Role, first: int) -> None:
    folder = prepare_small(tmp_path, forced_bos_token_id=first, length_penalty=2.0, no_repeat_ngram_size=2, num_beams=3)
    ours = CTranslate2Search(folder / role, role, 1)
    assert (ours.description.beams, ours.description.length_penalty, ours.description.no_repeat) == (3, 2.0, 2)
    assert ours.description.first is not None
    theirs = TransformersSearch(folder / role, role)
    compare(outputs(ours, Limits(4, 20), 3), outputs(theirs, Limits(4, 20), 3))


def test_both_summarisers_give_the_same_briefs(exact: Path) -> None:
    options = SummaryOptions(candidates=3, min_words=4, max_words=12)
    both: tuple[Summariser, ...] = (
        CTranslate2Summariser(exact / "summary", 1),
        TransformersSummariser(exact / "summary"),
    )
    ours, theirs = (engine.summarise([*FRENCH[:6], ARTICLE], options) for engine in both)
    assert [[found.text for found in each] for each in ours] == [[found.text for found in each] for each in theirs]
    assert all(1 <= len(each) <= 3 and each == sorted(each, key=lambda found: -found.score) for each in ours)


def test_both_translators_give_the_same_sentences_and_avoid_what_is_forbidden(exact: Path) -> None:
    both: tuple[Translator, ...] = (
        CTranslate2Translator(exact / "translation", 1),
        TransformersTranslator(exact / "translation"),
    )
    first = [engine.translate(FRENCH, TranslationOptions(candidates=2)) for engine in both]
    assert [[found.text for found in each] for each in first[0]] == [
        [found.text for found in each] for each in first[1]
    ]
    forbidden = tuple(tuple(found.text for found in each) for each in first[0])
    again = [engine.translate(FRENCH, TranslationOptions(candidates=2, forbidden=forbidden)) for engine in both]
    assert [[found.text for found in each] for each in again[0]] == [
        [found.text for found in each] for each in again[1]
    ]
    assert all(
        each and not {found.text for found in each} & set(old) for each, old in zip(again[0], forbidden, strict=True)
    )


def test_what_lies_beyond_the_window_changes_nothing(exact: Path) -> None:
    options = SummaryOptions(min_words=4, max_words=12)
    summariser, reference = CTranslate2Summariser(exact / "summary", 1), TransformersSummariser(exact / "summary")
    search = CTranslate2Search(exact / "summary", "summary", 1)
    assert summariser.window == 126
    assert summariser.count_tokens(ARTICLE) == reference.count_tokens(ARTICLE) > 4 * summariser.window
    # Of one length, so that the limits are equal.
    endings = ("Le maire a été réélu.", "Le vent a soufflé. Ou")
    limits = Limits(2, 20)
    one, other = (search.search([f"{ARTICLE} {ending}"], limits, 4, 4) for ending in endings)
    assert one == other
    assert summariser.summarise([ARTICLE], options)[0][0].text == reference.summarise([ARTICLE], options)[0][0].text


def test_int8_serves_candidates_and_says_what_it_is(small: Path) -> None:
    summariser = CTranslate2Summariser(small / "summary", 1)
    translator = CTranslate2Translator(small / "translation", 1)
    assert (summariser.identity.engine, len(summariser.identity.digest)) == ("ctranslate2", 64)
    assert summariser.identity.digest != translator.identity.digest
    assert translator.targets == ("en",)
    briefs = summariser.summarise([ARTICLE, FRENCH[0]], SummaryOptions())
    lines = translator.translate(FRENCH[:5], TranslationOptions())
    assert all(found.text == found.text.strip() and found.score < 0 for each in (*briefs, *lines) for found in each)
    assert not any(mark in found.text for each in (*briefs, *lines) for found in each for mark in ("<", "▁", "⁇"))


def test_the_reference_names_the_published_weights(small: Path) -> None:
    ours, theirs = CTranslate2Summariser(small / "summary", 1), TransformersSummariser(small / "summary")
    assert theirs.identity.engine == "transformers"
    assert theirs.identity.digest != ours.identity.digest
    assert theirs.identity.id == ours.identity.id


def test_a_text_is_written_the_same_whatever_else_is_in_the_batch(exact: Path) -> None:
    summariser = CTranslate2Summariser(exact / "summary", 1)
    options = SummaryOptions(min_words=4, max_words=12)
    alone = [summariser.summarise([text], options)[0][0].text for text in FRENCH[:6]]
    assert [each[0].text for each in summariser.summarise(FRENCH[:6], options)] == alone


def test_serving_loads_neither_torch_nor_transformers(small: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SERVE, str(small)], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=2)[2].strip() == "[]"


def test_a_folder_of_the_other_role_is_refused(small: Path) -> None:
    with pytest.raises(ModelUnavailable, match="not for translation"):
        CTranslate2Translator(small / "summary", 1)


def test_an_empty_folder_is_refused_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"model\.json is missing") as caught:
        CTranslate2Summariser(tmp_path, 1)
    assert caught.value.remedy == "breve prepare"


@pytest.mark.parametrize("name", ["model.bin", "model.json"])
def test_damaged_weights_are_refused(small: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(small / "translation", tmp_path / "copy")
    (copy / name).write_bytes(b"{}")
    with pytest.raises(ModelUnavailable) as caught:
        CTranslate2Translator(copy, 1)
    assert caught.value.remedy == "breve prepare --force"


def test_the_reference_without_its_published_folder_is_refused(tmp_path: Path) -> None:
    folder = prepare_small(tmp_path, quantisation="int8")
    shutil.rmtree(tmp_path / "published")
    with pytest.raises(ModelUnavailable, match="are gone"):
        TransformersSummariser(folder / "summary")
    assert CTranslate2Summariser(folder / "summary", 1).summarise([FRENCH[0]], SummaryOptions())[0]
