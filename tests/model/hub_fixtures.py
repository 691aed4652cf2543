"""Small models in the layout of the published repositories, made and saved for tests.

The weights are random and the vocabularies tiny, but every file has the name, the format
and the class of the published one, so that the product's own loading and conversion run on
them unchanged.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from sentencepiece import sentencepiece_model_pb2
from transformers import MarianConfig, MarianMTModel, MBartConfig, MBartForConditionalGeneration

from models.preparation.hub import PROFILE, prepare_hub
from models.preparation.store import folder_of

FRENCH = (
    "Le conseil municipal de Brest a voté mardi soir la rénovation de la halle du port.",
    "Les travaux coûteront 3,4 millions d'euros et dureront dix-huit mois, selon la mairie.",
    "« Nous voulons rendre ce lieu aux habitants », a déclaré Hélène Kerbrat, adjointe à l'urbanisme.",
    "L'opposition regrette qu'aucune réunion publique n'ait été organisée avant le vote.",
    "Le vent a soufflé jusqu'à 112 km/h sur la côte, sans faire de blessé.",
    "Environ 4 200 foyers ont été privés d'électricité pendant la nuit.",
    "La préfecture appelle les automobilistes à la prudence jusqu'à jeudi midi.",
    "Une équipe de Lyon a mis au point un test sanguin qui détecte la maladie plus tôt.",
    "Les chercheurs ont suivi 640 patients pendant cinq ans dans sept hôpitaux.",
    "Ils précisent que ces résultats doivent encore être confirmés par une étude plus large.",
    "Le club a remporté la finale sur le score de deux buts à un, après prolongation.",
    "L'entraîneur n'a pas souhaité commenter l'arbitrage à la fin de la rencontre.",
    "Le tribunal de Nantes a condamné l'entreprise à une amende de 80 000 euros.",
    "Son avocat, Me Julien Garrec, a annoncé qu'elle ferait appel de cette décision.",
    "Le festival accueillera cette année une trentaine d'artistes venus d'Afrique de l'Ouest.",
    "Les billets seront en vente dès le 14 mars sur le site et au guichet du théâtre.",
    "La start-up compte embaucher vingt ingénieurs d'ici à la fin de l'année.",
    "Ses ventes ont progressé de 12 % au deuxième trimestre, portées par l'étranger.",
    "Le ministre doit présenter son projet de loi devant l'Assemblée nationale mercredi.",
    "Plusieurs syndicats appellent déjà à une journée de grève le 9 octobre.",
    "Où passeront les trains pendant les travaux ? La région promet des cars de remplacement.",
    "Le pont restera fermé aux poids lourds, mais les bus et les vélos pourront passer.",
    "À Strasbourg, la bibliothèque ouvrira désormais le dimanche de 10 heures à 18 heures.",
    "Cœur de la vieille ville, la place sera rendue aux piétons dès l'été prochain.",
    "Les agriculteurs demandent une aide après la grêle qui a détruit une partie des vignes.",
    "Le maire a été réélu dès le premier tour avec 56 % des voix.",
    "Personne n'a été blessé, mais trois voitures et un abribus ont été endommagés.",
    "L'usine de Tarbes, qui emploie 210 personnes, changera de propriétaire en janvier.",
    "Le musée prête douze tableaux à une exposition qui se tiendra à Montréal.",
    "Selon Météo-France, les températures resteront au-dessus des normales de saison.",
)

ENGLISH = (
    "Brest town council voted on Tuesday evening to renovate the market hall by the harbour.",
    "The works will cost 3.4 million euros and last eighteen months, according to the town hall.",
    '"We want to give this place back to the residents," said Hélène Kerbrat, deputy mayor for planning.',
    "The opposition regrets that no public meeting was held before the vote.",
    "Winds of up to 112 km/h hit the coast, but nobody was injured.",
    "Some 4,200 homes were without electricity during the night.",
    "The prefecture asks drivers to take care until midday on Thursday.",
    "A team in Lyon has developed a blood test that detects the disease earlier.",
    "The researchers followed 640 patients for five years in seven hospitals.",
    "They add that these results must still be confirmed by a larger study.",
    "The club won the final two goals to one after extra time.",
    "The coach did not want to comment on the refereeing at the end of the match.",
    "The court in Nantes ordered the company to pay a fine of 80,000 euros.",
    "Its lawyer, Julien Garrec, announced that it would appeal against the decision.",
    "This year the festival will welcome about thirty artists from West Africa.",
    "Tickets will be on sale from 14 March on the website and at the theatre box office.",
    "The start-up expects to hire twenty engineers by the end of the year.",
    "Its sales rose by 12% in the second quarter, driven by foreign markets.",
    "The minister is to present the bill to the National Assembly on Wednesday.",
    "Several unions are already calling for a day of strikes on 9 October.",
    "Where will the trains run during the works? The region promises replacement coaches.",
    "The bridge will stay closed to lorries, but buses and bicycles will be able to cross.",
    "In Strasbourg the library will now open on Sundays from 10 am to 6 pm.",
    "At the heart of the old town, the square will be given over to pedestrians next summer.",
    "Farmers are asking for help after the hail that destroyed part of the vineyards.",
    "The mayor was re-elected in the first round with 56% of the votes.",
    "Nobody was hurt, but three cars and a bus shelter were damaged.",
    "The Tarbes factory, which employs 210 people, will change owner in January.",
    "The museum is lending twelve paintings to an exhibition to be held in Montreal.",
    "According to the weather service, temperatures will stay above the seasonal average.",
)

SMALL_BARTHEZ = {
    "d_model": 48,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 96,
    "decoder_ffn_dim": 96,
    "max_position_embeddings": 128,
    # Wider than usual: random weights then prefer some tokens clearly, as trained ones do.
    "init_std": 0.3,
}
#: So that random weights end an output now and then.
END_BIAS = {"barthez": 4.0, "marian": 7.0}
SMALL_MARIAN = SMALL_BARTHEZ | {"activation_function": "swish"}

#: The published sizes: arXiv 2010.12321 (base) for the first, the model's card for the second.
PUBLISHED_BARTHEZ = {
    "d_model": 768,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_attention_heads": 12,
    "decoder_attention_heads": 12,
    "encoder_ffn_dim": 3072,
    "decoder_ffn_dim": 3072,
    "max_position_embeddings": 1024,
}
PUBLISHED_BARTHEZ_PIECES = 50_002
PUBLISHED_MARIAN = {
    "d_model": 1024,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_attention_heads": 16,
    "decoder_attention_heads": 16,
    "encoder_ffn_dim": 4096,
    "decoder_ffn_dim": 4096,
    "max_position_embeddings": 1024,
    "activation_function": "relu",
}
PUBLISHED_MARIAN_PIECES = 53_017


def save_barthez(folder: Path, sizes: dict[str, Any], pieces: int = 0, spare: int = 0, **extra: Any) -> Path:
    """A folder like ``moussaKam/barthez-orangesum-abstract``.

    ``pieces`` pads the vocabulary, ``spare`` adds rows without a piece; ``extra`` goes into
    ``config.json``, where the weights do not depend on it. As there, the weights are a
    ``pytorch_model.bin``.
    """
    folder.mkdir(parents=True)
    tokenizer = _train(FRENCH, size=280, bos_id=0, pad_id=1, eos_id=2, unk_id=3)
    _fill(tokenizer, pieces - 1)
    tokenizer.pieces.add(piece="<mask>", score=0.0, type=4)
    (folder / "sentencepiece.bpe.model").write_bytes(tokenizer.SerializeToString())
    config = MBartConfig(
        vocab_size=len(tokenizer.pieces) + spare,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        forced_eos_token_id=2,
        decoder_start_token_id=2,
        activation_function="gelu",
        scale_embedding=False,
        **sizes,
    )
    torch.manual_seed(20)
    model = MBartForConditionalGeneration(config)
    model.final_logits_bias[0, config.eos_token_id] = END_BIAS["barthez"]
    config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    _extend(
        folder / "config.json",
        {
            "architectures": ["MBartForConditionalGeneration"],
            "add_final_layer_norm": True,
            "normalize_before": True,
            "normalize_embedding": True,
            "static_position_embeddings": False,
            "tokenizer_class": "BarthezTokenizer",
            **extra,
        },
    )
    return folder


def save_marian(folder: Path, sizes: dict[str, Any], pieces: int = 0, **extra: Any) -> Path:
    """A folder like ``Helsinki-NLP/opus-mt-tc-big-fr-en``; ``pieces`` and ``extra`` as above.

    As there, the end mark has an id in the middle, the padding has the last one, some pieces
    of the source's tokenizer are not in the vocabulary, and the configuration says how to
    search.
    """
    folder.mkdir(parents=True)
    source, target = _train(FRENCH, size=280), _train(ENGLISH, size=280)
    (folder / "source.spm").write_bytes(source.SerializeToString())
    (folder / "target.spm").write_bytes(target.SerializeToString())
    known = [piece.piece for model in (source, target) for piece in model.pieces if piece.type == 1]
    shared = sorted(set(known) - {"vent", "▁la", "é"})
    shared[150:150] = ["</s>", "<unk>"]
    shared += [f"▁inutile{number}" for number in range(pieces - len(shared) - 1)]
    shared.append("<pad>")
    vocabulary = {piece: number for number, piece in enumerate(shared)}
    _write(folder / "vocab.json", vocabulary)
    end, pad = vocabulary["</s>"], vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=len(vocabulary),
        decoder_vocab_size=len(vocabulary),
        eos_token_id=end,
        forced_eos_token_id=end,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        bos_token_id=0,
        scale_embedding=True,
        **sizes,
    )
    torch.manual_seed(21)
    model = MarianMTModel(config)
    model.final_logits_bias[0, end] = END_BIAS["marian"]
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink()
    _extend(folder / "config.json", {"num_beams": 4, "max_length": 512, "bad_words_ids": [[pad]], **extra})
    _write(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "MarianTokenizer", "source_lang": "fr", "target_lang": "en", "separate_vocabs": False},
    )
    return folder


def prepare_small(home: Path, quantisation: str = "float32", **extra: Any) -> Path:
    """Make both small models, prepare them under ``home`` and give the prepared folder."""
    barthez = save_barthez(home / "published" / "barthez", SMALL_BARTHEZ, **extra)
    marian = save_marian(home / "published" / "marian", SMALL_MARIAN, **extra)
    prepare_hub(home, str(barthez), str(marian), lambda _step, _fraction: None, quantisation=quantisation)
    return folder_of(home, PROFILE)


def _train(sentences: tuple[str, ...], size: int, **ids: int) -> Any:
    written = io.BytesIO()
    trainer: Any = sentencepiece.SentencePieceTrainer
    trainer.train(
        sentence_iterator=iter(sentences),
        model_writer=written,
        vocab_size=size,
        character_coverage=1.0,
        minloglevel=2,
        **ids,
    )
    messages: Any = sentencepiece_model_pb2
    model = messages.ModelProto()
    model.ParseFromString(written.getvalue())
    return model


def _fill(model: Any, size: int) -> None:
    """Pad a tokenizer with pieces that no text has, up to ``size``."""
    for number in range(size - len(model.pieces)):
        model.pieces.add(piece=f"▁inutile{number}", score=-100.0, type=1)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _extend(path: Path, more: dict[str, Any]) -> None:
    _write(path, json.loads(path.read_text(encoding="utf-8")) | more)
