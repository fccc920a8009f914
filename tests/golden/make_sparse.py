"""Makes tests/golden/fixtures/sparse with the reference implementation, sentence-transformers' SparseEncoder.

A folder for each family with the head of a masked language model: a model of random weights with the tokenizer of tiny_bert, and in
vectors.npy what the reference gives for the texts of make_models.py, all dimensions. logits.npy: what transformers' class with the head
gives for the tokens of a text with masks.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_sparse.py
"""

import pathlib
import shutil

import numpy
import torch
import transformers
from make_models import TEXTS, make_tokenizer, vocabulary
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder.modules import MLMTransformer, SpladePooling

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "sparse"
SMALL = {"vocab_size": len(vocabulary()), "hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 20,
         "initializer_range": 0.3, "max_position_embeddings": 40, "pad_token_id": 0}

MASKED = "The [MASK] bank is [MASK]."

# Name: class, configuration, how SpladePooling pools (None: no modules.json).
MODELS = {
    "bert": ("BertForMaskedLM", SMALL, {}),
    "bert_alone": ("BertForMaskedLM", SMALL | {"tie_word_embeddings": False}, None),
    "distilbert": ("DistilBertForMaskedLM", {"vocab_size": len(vocabulary()), "dim": 24, "n_layers": 1, "n_heads": 2, "hidden_dim": 20,
                                             "max_position_embeddings": 40, "initializer_range": 0.3}, {"pooling_strategy": "sum"}),
    "roberta": ("RobertaForMaskedLM", SMALL | {"type_vocab_size": 1, "pad_token_id": 1, "max_position_embeddings": 42},
                {"activation_function": "log1p_relu"}),
    "mpnet": ("MPNetForMaskedLM", SMALL | {"max_position_embeddings": 42, "pad_token_id": 1}, {}),
    "electra": ("ElectraForMaskedLM", SMALL | {"embedding_size": 12}, {}),
    "albert": ("AlbertForMaskedLM", SMALL | {"embedding_size": 10}, {}),
    "deberta_v3": ("DebertaV2ForMaskedLM", SMALL | {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 8,
                                                    "norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False,
                                                    "type_vocab_size": 0}, {}),
    "modernbert": ("ModernBertForMaskedLM", SMALL | {"local_attention": 6}, {}),
}


def write(name: str, kind: str, settings: dict, pooling: dict | None) -> None:
    folder = FIXTURES / name
    torch.manual_seed(len(name))
    model_class = getattr(transformers, kind)
    attention = "sdpa" if getattr(model_class, "_supports_sdpa", False) else "eager"
    model = model_class._from_config(model_class.config_class(**settings), attn_implementation=attention).eval()
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    for bias in (key for key in model.state_dict() if key.endswith(("predictions.bias", "lm_head.bias", "decoder.bias", "projector.bias"))):
        model.state_dict()[bias] -= 0.5  # so that weights are sparse
    base = folder if pooling is None else FIXTURES / "base"
    model.save_pretrained(base)
    padding = {0: "[PAD]", 1: "[UNK]"}[settings.get("pad_token_id", 0)]
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=make_tokenizer(), model_max_length=40, unk_token="[UNK]", pad_token=padding, cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]").save_pretrained(base)
    if pooling is not None:
        SparseEncoder(modules=[MLMTransformer(str(base)), SpladePooling(**pooling)], device="cpu").save(str(folder), create_model_card=False)
        shutil.rmtree(base)
    reference = SparseEncoder(str(folder), device="cpu")
    rows = [reference.encode([text], convert_to_sparse_tensor=False).float().numpy() for text in TEXTS]
    numpy.save(folder / "vectors.npy", numpy.concatenate(rows).astype(numpy.float32))
    tokens = reference.tokenizer(MASKED, return_tensors="pt")
    tokens = {key: value for key, value in tokens.items() if key != "token_type_ids" or settings.get("type_vocab_size", 2) > 1}
    with torch.no_grad():
        logits = model(**tokens).logits[0]
    numpy.save(folder / "logits.npy", logits.numpy())
    (folder / "generation_config.json").unlink(missing_ok=True)
    print(name, "weights that are not zero:", (numpy.concatenate(rows) != 0).mean())


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    for name, row in MODELS.items():
        write(name, *row)


if __name__ == "__main__":
    main()
