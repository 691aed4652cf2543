"""What is trained is what serves: the training network's sentences are the reference reader's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openvino as ov
import torch
from sentencepiece import SentencePieceProcessor

from models.engines import transformers_gemma as reference
from models.engines.gemma_graph import restored, stored_arrays
from models.engines.reading import layers_of
from models.preparation.base import Shape
from models.preparation.embedded import TOKENIZER
from models.preparation.store import Prepared
from models.reader import Head
from models.training.reading import ReaderNetwork
from models.training.reading_rows import fill, read_articles


def test_the_training_network_reads_as_the_reference_does(
    base_prepared: Prepared, french_sentences: list[str], tmp_path: Path
) -> None:
    model = base_prepared.model("reading")
    shape = Shape(**model.details["shape"])
    arrays = stored_arrays(ov.Core().read_model(base_prepared.folder / model.details["graph"]), shape)
    arrays |= layers_of(base_prepared.folder / model.details["layers"])
    network = ReaderNetwork(restored(arrays, shape), torch.float32)
    texts = [french_sentences[:6], french_sentences[6:14]]
    path = tmp_path / "sentences.jsonl"
    lines = [
        {"sentences": each, "worths": [0.1] * (len(each) - 1) + [0.2], "titles": [0.0] * len(each)} for each in texts
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    articles = read_articles(path, SentencePieceProcessor(model_file=str(base_prepared.folder / TOKENIZER)))
    with torch.no_grad():
        found = network.sentences(fill([articles])).numpy()
    reader = reference.open_reader(base_prepared, Head(np.zeros(1, np.float32), 0.0))
    wanted = np.concatenate([reader.states(each)[:, -1] for each in texts])
    np.testing.assert_allclose(found, wanted, atol=0.02)
