"""Makes tests/golden/fixtures/multi_vector with the reference implementation, sentence-transformers' MultiVectorEncoder.

A folder for each layout in use (its own, PyLate's, colbert-ir's) and for what a layout may ask for: a model of random weights with the
tokenizer of tiny_bert (that of the family that colbert-ir's folders have), and in queries.npy and documents.npy what the reference gives
for the texts of make_models.py, the vectors of all texts one after the other, with counts.json: how many each text has.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_multi_vector.py
"""

import json
import pathlib
import shutil
import string

import numpy
import torch
import transformers
from make_models import TEXTS, make_tokenizer, vocabulary
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "multi_vector"
# [unused0] and [unused1] take the places of two words of the vocabulary, as they do in BERT's.
VOCABULARY = vocabulary()
SMALL = {"vocab_size": len(VOCABULARY) + 2, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 20,
         "initializer_range": 0.3, "max_position_embeddings": 40, "pad_token_id": 0}
FIXED = {"strategy": "fixed", "length": 20}


def save_tokenizer(folder: pathlib.Path) -> None:
    tokenizer = json.loads(make_tokenizer().to_str())
    words = tokenizer["model"]["vocab"]
    for marker in ("[unused0]", "[unused1]"):
        words[marker] = len(words)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), model_max_length=40, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]").save_pretrained(folder)


def save_encoder(folder: pathlib.Path, kind: str = "Bert", **settings) -> None:
    model_class = getattr(transformers, f"{kind}Model")
    model = model_class(model_class.config_class(**SMALL | settings)).eval()
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    save_tokenizer(folder)


def save_native(folder: pathlib.Path, knobs: dict, mask: dict, prompts: dict | None = None, dense: dict | None = None,
                similarity: str = "maxsim", **encoder) -> None:
    base = FIXTURES / "base"
    save_encoder(base, **encoder)
    modules = [Transformer(str(base), **knobs),
               Dense(24, 16, activation_function=torch.nn.Identity(), module_input_name="token_embeddings", **dense or {"bias": False}),
               MultiVectorMask(**mask), Normalize(module_input_name="token_embeddings")]
    MultiVectorEncoder(modules=modules, prompts=prompts, similarity_fn_name=similarity, device="cpu").save(str(folder), create_model_card=False)
    shutil.rmtree(base)


def save_pylate(folder: pathlib.Path, **config) -> None:
    """What PyLate 1 writes: a Transformer and a Dense, all else in config_sentence_transformers.json."""
    save_native(folder, {}, {})
    modules = json.loads((folder / "modules.json").read_text())[:2]
    modules[0]["type"] = "sentence_transformers.models.Transformer"
    modules[1]["type"] = "pylate.models.Dense.Dense"
    (folder / "modules.json").write_text(json.dumps(modules, indent=2))
    dense = folder / modules[1]["path"] / "config.json"
    settings = {"in_features": 24, "out_features": 16, "bias": False, "activation_function": "torch.nn.modules.linear.Identity"}
    dense.write_text(json.dumps(settings))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 35, "do_lower_case": False}))
    for path in folder.glob("[23]_*"):
        shutil.rmtree(path)
    (folder / "config_sentence_transformers.json").write_text(json.dumps({
        "__version__": {"sentence_transformers": "3.3.1"}, "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "MaxSim",
        **config}, indent=2))


def save_stanford(folder: pathlib.Path, metadata: dict | None) -> None:
    """What colbert-ir writes: the encoder as `bert.`, its projection as `linear.weight`, the rest in artifact.metadata."""
    save_encoder(folder)
    weights = {f"bert.{name}": tensor for name, tensor in load_file(folder / "model.safetensors").items()}
    weights["linear.weight"] = 0.3 * torch.randn(16, 24)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"architectures": ["HF_ColBERT"]}, indent=2))
    if metadata is not None:
        (folder / "artifact.metadata").write_text(json.dumps(metadata))


PREFIXES = {"query_prefix": "[unused0] ", "document_prefix": "[unused1] "}
PYLATE = PREFIXES | {"query_length": 16, "document_length": 30, "attend_to_expansion_tokens": False,
                     "skiplist_words": list(string.punctuation)}

MODELS = {
    "native": lambda folder: save_native(folder, {"query_expansion": FIXED, "document_length": 24}, {"skiplist_words": [".", ",", "bank"]},
                                         {"query": "search: ", "document": "fox "}),
    "attends": lambda folder: save_native(folder, {"query_expansion": FIXED | {"attend": True, "token": "[PAD]"}}, {},
                                          dense={"use_residual": True}),
    "at_least": lambda folder: save_native(folder, {"query_expansion": {"strategy": "min", "length": 8}, "query_length": 12},
                                           {"skiplist_words": [","], "skiplist_tasks": ["query", "document"]}),
    "without_expansion": lambda folder: save_native(folder, {"query_length": 9}, {"keep_only_token_ids": [2, 3, 30, 31, 32, 33, 34, 35, 36]}),
    "modernbert": lambda folder: save_native(folder, {"query_expansion": FIXED}, {}, kind="ModernBert", local_attention=64),
    "mean_similarity": lambda folder: save_native(folder, {}, {}, similarity="meanmaxsim"),
    "pylate": lambda folder: save_pylate(folder, **PYLATE, do_query_expansion=True, model_type="ColBERT"),
    "pylate_of_old": lambda folder: save_pylate(folder, **PYLATE),
    "pylate_without_expansion": lambda folder: save_pylate(folder, **PREFIXES, query_length=12, document_length=30, do_query_expansion=False,
                                                           model_type="ColBERT"),
    "stanford": lambda folder: save_stanford(folder, {"query_maxlen": 12, "doc_maxlen": 26, "attend_to_mask_tokens": False, "dim": 16,
                                                      "mask_punctuation": True, "query_token_id": "[unused0]",
                                                      "doc_token_id": "[unused1]", "similarity": "cosine"}),
    "stanford_alone": lambda folder: save_stanford(folder, None),
}


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    for number, (name, save) in enumerate(MODELS.items()):
        folder = FIXTURES / name
        torch.manual_seed(number)
        save(folder)
        reference = MultiVectorEncoder(str(folder), device="cpu")
        # One at a time: what stands beside a text changes its last bits there.
        queries = [reference.encode_query([text], convert_to_numpy=True)[0] for text in TEXTS]
        documents = [reference.encode_document([text], convert_to_numpy=True)[0] for text in TEXTS]
        numpy.save(folder / "queries.npy", numpy.concatenate(queries).astype(numpy.float32))
        numpy.save(folder / "documents.npy", numpy.concatenate(documents).astype(numpy.float32))
        similarity = [reference.similarity([query], documents)[0].tolist() for query in queries[:2]]
        counts = {"queries": [len(rows) for rows in queries], "documents": [len(rows) for rows in documents], "similarity": similarity}
        (folder / "counts.json").write_text(json.dumps(counts))
        print(name, counts["queries"], counts["documents"])


if __name__ == "__main__":
    main()
