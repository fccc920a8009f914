"""Makes tests/golden/fixtures/rerankers with the reference implementation, sentence-transformers' CrossEncoder.

A folder for each family with a sequence classification head: a model of random weights with the tokenizer of tiny_bert, and in scores.npy
and logits.npy what the reference gives for the query and the texts of pairs.json, with its activation and without.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_rerankers.py
"""

import json
import pathlib
import shutil

import numpy
import torch
import transformers
from make_models import make_tokenizer, vocabulary
from sentence_transformers import CrossEncoder
from tokenizers import processors

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "rerankers"
QUERY = "where is the river bank?"
TEXTS = ["the bank is by the water", "money", "", "a loan with interest, and an account at the bank. " * 12, "boats on the river"]

SMALL = {"vocab_size": len(vocabulary()), "hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 20,
         "initializer_range": 0.3, "max_position_embeddings": 40, "pad_token_id": 0, "num_labels": 1}
ROW = "SequenceClassification"

# Name: class, configuration, what is written into the configuration beside it.
MODELS = {
    "bert": ("BertFor" + ROW, SMALL, {}),
    "bert_three_labels": ("BertFor" + ROW, SMALL | {"num_labels": 3}, {}),
    "roberta": ("RobertaFor" + ROW, SMALL | {"type_vocab_size": 1, "pad_token_id": 1, "max_position_embeddings": 42},
                {"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}),
    "xlm_roberta": ("XLMRobertaFor" + ROW, SMALL | {"type_vocab_size": 1, "pad_token_id": 1, "max_position_embeddings": 42},
                    {"sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Tanh"}}),
    "distilbert": ("DistilBertFor" + ROW, {"vocab_size": len(vocabulary()), "dim": 24, "n_layers": 1, "n_heads": 2, "hidden_dim": 20,
                                           "max_position_embeddings": 40, "initializer_range": 0.3, "num_labels": 1}, {}),
    "electra": ("ElectraFor" + ROW, SMALL | {"embedding_size": 12}, {}),
    "albert": ("AlbertFor" + ROW, SMALL | {"embedding_size": 10}, {}),
    "mpnet": ("MPNetFor" + ROW, SMALL | {"max_position_embeddings": 42, "pad_token_id": 1}, {}),
    "deberta_v3": ("DebertaV2For" + ROW, SMALL | {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 8,
                                                  "norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False,
                                                  "type_vocab_size": 0}, {}),
    "modernbert": ("ModernBertFor" + ROW, SMALL | {"local_attention": 6, "classifier_pooling": "mean"}, {}),
    "gte": ("GteFor" + ROW, SMALL | {"type_vocab_size": 1}, {}),
}


def write(name: str, kind: str, settings: dict, more: dict) -> None:
    folder = FIXTURES / name
    torch.manual_seed(len(name))
    model_class = getattr(transformers, kind)
    attention = "sdpa" if getattr(model_class, "_supports_sdpa", False) else "eager"
    model = model_class._from_config(model_class.config_class(**settings), attn_implementation=attention).eval()
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | more, indent=2) + "\n")

    tokenizer = make_tokenizer()
    # bert_three_labels has types that its tokenizer doesn't give: then all are 0.
    template = 1 if settings.get("type_vocab_size", 2) > 1 and "Distil" not in kind and "MPNet" not in kind else 0
    types = template if name != "bert_three_labels" else 0
    names = vocabulary()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair=f"[CLS] $A [SEP] $B:{template} [SEP]:{template}",
        special_tokens=[("[CLS]", names["[CLS]"]), ("[SEP]", names["[SEP]"])])
    padding = {0: "[PAD]", 1: "[UNK]"}[settings.get("pad_token_id", 0)]  # the id that positions are counted past
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=40, unk_token="[UNK]", pad_token=padding, cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", model_input_names=["input_ids", *(["token_type_ids"] if types else []), "attention_mask"]).save_pretrained(folder)

    reference = CrossEncoder(str(folder), device="cpu")
    pairs = [(QUERY, text) for text in TEXTS]
    # One by one: padding takes no part.
    for file, options in (("scores", {}), ("logits", {"activation_fn": torch.nn.Identity()})):
        rows = [numpy.atleast_2d(reference.predict([pair], **options).reshape(1, -1)) for pair in pairs]
        numpy.save(folder / f"{file}.npy", numpy.concatenate(rows).astype(numpy.float32))


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    (FIXTURES / "pairs.json").write_text(json.dumps({"query": QUERY, "texts": TEXTS}, indent=2) + "\n")
    for name, row in MODELS.items():
        write(name, *row)


if __name__ == "__main__":
    main()
