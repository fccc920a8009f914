"""Makes the tiny models of tests/golden/fixtures/models with the reference implementation.

tiny_bert: a BertModel of random weights (2 layers, 4 heads of 8, 64 positions) with a WordPiece vocabulary of letters and some
words, in the folder layout of sentence-transformers (mean pooling, normalised), and in expected/: texts.json, the
reference's ids, last hidden states and vectors for them. Beside it, tiny_bert_cls shares its weights: cls pooling in the new spelling of
the configuration.

layouts: what else a sentence-transformers folder may say. Each is files that go over those of tiny_bert, calls.json with the ways in
which the texts are encoded, and the reference's vectors for each of them.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_models.py
"""

import json
import pathlib
import shutil
import tempfile

import numpy
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Dropout, LayerNorm
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "models"
LAYOUTS = FIXTURES / "layouts"
WINDOW = 32

WORDS = """the of and to in a is for on with as by that from this are at be an it or which not but have has was were
river bank money water boat loan tree fish interest account shore deep a quick brown fox jumps over lazy dog cat sat mat
search engine vector word sentence image audio graph table model kindred edit photo network process type learn music play
##s ##ed ##ing ##er ##ly ##tion ##ness ##al""".split()

TEXTS = [
    "The river bank is deep.",
    "The bank gave a loan, with interest!",
    "",
    "a",
    "Kindred: one engine for embeddings",
    "caf\u00e9 na\u00efve \u4e2d\u6587 \u00c5ngstr\u00f6m",
    "search " * 100,
    "boat fish water tree " * 3,
]


def vocabulary() -> dict[str, int]:
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + [str(d) for d in range(10)]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in letters), *".,:;!?'-()", *WORDS]
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def make_tokenizer() -> Tokenizer:
    vocab = vocabulary()
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])])
    return tokenizer


def write_json(path: pathlib.Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_layout(folder: pathlib.Path, pooling: dict, normalize: bool) -> None:
    kinds = ["Transformer", "Pooling"] + (["Normalize"] if normalize else [])
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{kind}", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)])
    write_json(folder / "1_Pooling" / "config.json", pooling)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": WINDOW, "do_lower_case": False})


def write_expected(folder: pathlib.Path) -> None:
    reference = SentenceTransformer(str(folder), device="cpu")
    expected = folder / "expected"
    expected.mkdir(exist_ok=True)
    write_json(expected / "texts.json", TEXTS)
    numpy.save(expected / "vectors.npy", reference.encode(TEXTS).astype(numpy.float32))
    # Text by text, so that no padding takes part.
    ids, hidden = [], []
    for text in TEXTS:
        tokens = reference.tokenizer(text, truncation=True, max_length=WINDOW, return_tensors="pt")
        with torch.no_grad():
            hidden.append(reference[0].auto_model(**tokens).last_hidden_state[0].numpy())
        ids.append(tokens["input_ids"][0].tolist())
    write_json(expected / "ids.json", ids)
    numpy.save(expected / "hidden.npy", numpy.concatenate(hidden).astype(numpy.float32))


def layouts() -> dict[str, tuple]:
    """Name: the modules behind the Transformer (None: no modules.json), files, calls."""
    torch.manual_seed(21)
    plain = [{}]
    pooling = {"embedding_dimension": 32, "include_prompt": True}
    normalize = ("Normalize", None)
    prompts = {"prompts": {"query": "search: ", "document": "text of a document - ", "other": "fox "}}
    asked = [{}, {"role": "query"}, {"role": "document"}, {"prompt_name": "other"}, {"prompt": "water "}, {"prompt": ""}]
    cased = make_tokenizer()
    cased.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    return {
        **{mode: ([("Pooling", pooling | {"pooling_mode": mode})], {}, plain)
           for mode in ("max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")},
        "joined_by_flags": ([("Pooling", {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True,
                                          "pooling_mode_max_tokens": True}), normalize], {}, plain),
        "joined_by_list": ([("Pooling", pooling | {"pooling_mode": ["lasttoken", "cls"]})], {}, plain),
        "dense": ([("Pooling", pooling | {"pooling_mode": "mean"}),
                   ("Dense", Dense(32, 12, activation_function=torch.nn.Tanh())), normalize], {}, plain),
        "many_modules": ([("Pooling", pooling | {"pooling_mode": "mean"}), ("Dropout", Dropout(0.2)), normalize,
                          ("Dense", Dense(32, 20, activation_function=torch.nn.GELU(), use_residual=True)), ("LayerNorm", LayerNorm(20)),
                          ("Dense", Dense(20, 20, bias=False, activation_function=torch.nn.Identity(), use_residual=True))], {}, plain),
        "shorter_vectors": ([("Pooling", pooling | {"pooling_mode": "mean"}), normalize],
                            {"config_sentence_transformers.json": {"truncate_dim": 7}}, [{}, {"dimensions": 20}]),
        "prompts": ([("Pooling", pooling | {"pooling_mode": "mean"})], {"config_sentence_transformers.json": prompts}, asked),
        "default_prompt": ([("Pooling", pooling | {"pooling_mode": "mean"})],
                           {"config_sentence_transformers.json": prompts | {"default_prompt_name": "other"}}, asked),
        **{f"without_prompt_{mode}": ([("Pooling", {"embedding_dimension": 32, "include_prompt": False, "pooling_mode": mode})],
                                      {"config_sentence_transformers.json": prompts}, asked)
           for mode in ("mean", "weightedmean", "cls", "lasttoken", "max")},
        "lowercase": ([("Pooling", pooling | {"pooling_mode": "mean"})],
                      {"tokenizer.json": json.loads(cased.to_str()),
                       "sentence_bert_config.json": {"max_seq_length": WINDOW, "do_lower_case": True}}, plain),
        "no_modules_causal": (None, {"sentence_bert_config.json": {"max_seq_length": WINDOW}}, plain),
    }


def write_variant_of_layout(base: pathlib.Path, name: str, modules: list | None, files: dict, calls: list[dict]) -> None:
    """Only what differs from `base` is kept; the reference sees the whole."""
    own = LAYOUTS / name
    for path, value in files.items():
        write_json(own / path, value)
    if modules is None:
        config = json.loads((base / "config.json").read_text())
        write_json(own / "config.json", config | {"architectures": ["BertForCausalLM"]})
    else:
        kinds = ["Transformer"] + [kind for kind, _ in modules]
        write_json(own / "modules.json", [
            {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{kind}", "type": f"sentence_transformers.models.{kind}"}
            for i, kind in enumerate(kinds)])
        for i, (kind, content) in enumerate(modules, start=1):
            place = own / f"{i}_{kind}"
            place.mkdir(parents=True)
            if isinstance(content, dict):
                write_json(place / "config.json", content)
            elif content is not None:
                for parameter in content.parameters():
                    parameter.data += 0.3 * torch.randn_like(parameter)
                content.save(str(place))
            if not any(place.iterdir()):
                place.rmdir()  # no file: nothing that git could keep
    with tempfile.TemporaryDirectory() as whole:
        shutil.copytree(base, whole, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected", "modules.json", "1_Pooling", "2_Normalize"))
        shutil.copytree(own, whole, dirs_exist_ok=True)
        reference = SentenceTransformer(whole, device="cpu")
        for i, call in enumerate(calls):
            options = {{"dimensions": "truncate_dim"}.get(key, key): value for key, value in call.items() if key != "role"}
            encode = {"query": reference.encode_query, "document": reference.encode_document}.get(call.get("role"), reference.encode)
            numpy.save(own / f"vectors_{i}.npy", encode(TEXTS, **options).astype(numpy.float32))
    write_json(own / "calls.json", calls)


def main() -> None:
    torch.manual_seed(20)
    config = BertConfig(vocab_size=len(vocabulary()), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=72, max_position_embeddings=64, initializer_range=0.3)
    model = BertModel(config, add_pooling_layer=False).eval()
    for parameter in model.parameters():  # norms and biases that differ from ones and zeros
        parameter.data += 0.05 * torch.randn_like(parameter)

    folder = FIXTURES / "tiny_bert"
    shutil.rmtree(folder, ignore_errors=True)
    PreTrainedTokenizerFast(tokenizer_object=make_tokenizer(), model_max_length=64, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
                            sep_token="[SEP]", mask_token="[MASK]").save_pretrained(folder)
    model.save_pretrained(folder)
    write_layout(folder, {"word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
                          "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False}, normalize=True)
    write_expected(folder)

    variant = FIXTURES / "tiny_bert_cls"
    shutil.rmtree(variant, ignore_errors=True)
    shutil.copytree(folder, variant, ignore=shutil.ignore_patterns("expected", "2_Normalize"))
    write_layout(variant, {"embedding_dimension": 32, "pooling_mode": "cls", "include_prompt": True}, normalize=False)
    write_expected(variant)

    shutil.rmtree(LAYOUTS, ignore_errors=True)
    for name, (modules, files, calls) in layouts().items():
        write_variant_of_layout(folder, name, modules, files, calls)


if __name__ == "__main__":
    main()
