"""Makes tests/golden/fixtures/gguf: models in GGUF files, written by llama.cpp's own package `gguf`, with its names, keys and quantizers.

Each NAME.gguf is a tiny model of random weights; NAME.json says which ids its texts have (by the tokenizer that it was made from:
tokenizers, sentencepiece), and NAME.npy holds what transformers makes of them with the dequantized weights, pooled and normalized as
llama.cpp does. `gguf` can't quantize to the K kinds, so their blocks are random bytes, with scales that a model can bear. blocks.gguf has a
tensor of random blocks of each kind, and blocks_KIND.npy what `gguf` dequantizes them to.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_gguf.py
"""

import io
import json
import pathlib
import shutil

import gguf
import numpy
import sentencepiece
import tokenizers
import torch
import transformers
from gguf import GGMLQuantizationType as Kind
from make_models import TEXTS, make_tokenizer, vocabulary
from safetensors.torch import load_file

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "gguf"
BLOCK_BYTES = {kind: gguf.GGML_QUANT_SIZES[kind] for kind in Kind}
NORMAL, UNKNOWN, CONTROL = 1, 2, 3
LONGEST = 40


def random_blocks(rows: int, columns: int, kind: Kind, generator: numpy.random.Generator, scale: float = 0.002) -> numpy.ndarray:
    """Blocks whose halves, their scales, are small numbers."""
    values, size = BLOCK_BYTES[kind]
    blocks = generator.integers(0, 256, (rows, columns // values, size), dtype=numpy.uint8)
    halves = {Kind.Q4_K: [0, 2], Kind.Q5_K: [0, 2], Kind.Q6_K: [size - 2], Kind.Q4_1: [0, 2], Kind.Q5_1: [0, 2]}.get(kind, [0])
    for place in halves:
        small = (scale * generator.uniform(0.5, 1, (rows, columns // values))).astype(numpy.float16)
        blocks[..., place:place + 2] = small[..., None].view(numpy.uint8).reshape(rows, columns // values, 2)
    return blocks.reshape(rows, -1)


def quantized(values: numpy.ndarray, kind: Kind, generator: numpy.random.Generator) -> numpy.ndarray:
    if kind in (Kind.Q4_K, Kind.Q5_K, Kind.Q6_K):
        return random_blocks(*values.shape, kind, generator, 0.0004 if kind == Kind.Q6_K else 0.002)
    return gguf.quantize(values, kind)


class Written:
    """One model on its way: the file's values, its tensors, and the reference with what they become."""

    def __init__(self, name: str, architecture: str, model: torch.nn.Module, kinds: dict[str, Kind], permuted_heads: dict[str, int] | None = None):
        self.name, self.model = name, model.eval()
        self.writer = gguf.GGUFWriter(str(FIXTURES / f"{name}.gguf"), architecture)
        generator = numpy.random.default_rng(len(name))
        model.save_pretrained(FIXTURES / "base")
        state = load_file(FIXTURES / "base" / "model.safetensors")
        shutil.rmtree(FIXTURES / "base")
        enumerated = next(number for number, known in gguf.MODEL_ARCH_NAMES.items() if known == architecture)
        names = gguf.get_tensor_name_map(enumerated, model.config.num_hidden_layers)
        for hugging_face, tensor in state.items():
            found = names.get_name(hugging_face, try_suffixes=(".weight", ".bias"))
            if found is None:
                raise ValueError(f"{name}: no name for {hugging_face}")
            values = tensor.numpy().astype(numpy.float32)
            if "position_embeddings" in hugging_face and getattr(model.config, "model_type", "") == "xlm-roberta":
                values = values[2:]  # as the converter cuts those that RoBERTa skips
            kind = next((kind for part, kind in kinds.items() if part in found and values.ndim == 2), Kind.F32)
            stored = quantized(values, kind, generator)
            state[hugging_face] = torch.from_numpy(gguf.dequantize(stored, kind).reshape(values.shape))
            if values.shape != tensor.shape:
                state[hugging_face] = torch.cat([tensor[:2], state[hugging_face]])
            for part, heads in (permuted_heads or {}).items():
                if part in found:  # what the converter does for ggml's rotation, on rows of blocks
                    stored = stored.reshape(heads, 2, stored.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(stored.shape)
            self.writer.add_tensor(found, numpy.ascontiguousarray(stored), raw_dtype=kind)
        missing, unexpected = self.model.load_state_dict(self.weights_for_class(state), strict=False)
        assert not unexpected and all(not key.endswith((".weight", ".bias")) or "pooler" in key for key in missing), (missing, unexpected)
        config = model.config
        self.writer.add_block_count(config.num_hidden_layers)
        self.writer.add_embedding_length(config.hidden_size)
        self.writer.add_feed_forward_length(config.intermediate_size)
        self.writer.add_head_count(config.num_attention_heads)
        self.writer.add_context_length(LONGEST)

    def weights_for_class(self, state: dict) -> dict:
        """Files have other names than classes where transformers converts on the way."""
        keys = self.model.state_dict().keys()
        if set(state) <= set(keys):
            return state
        folder = FIXTURES / "base"
        from safetensors.torch import save_file
        self.model.save_pretrained(folder)
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        loaded = type(self.model).from_pretrained(folder).state_dict()
        shutil.rmtree(folder)
        return loaded

    def finish(self, ids: list[list[int]], pooling: str) -> None:
        self.writer.add_file_type(0)
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()
        rows = []
        for row in ids:
            with torch.no_grad():
                hidden = self.model(torch.tensor([row])).last_hidden_state[0]
            vector = {"mean": hidden.mean(0), "cls": hidden[0], "last": hidden[-1]}[pooling]
            rows.append(torch.nn.functional.normalize(vector, dim=0).numpy())
        numpy.save(FIXTURES / f"{self.name}.npy", numpy.stack(rows).astype(numpy.float32))
        (FIXTURES / f"{self.name}.json").write_text(json.dumps(ids))
        print(self.name, [len(row) for row in ids])


def shaken(model: torch.nn.Module) -> torch.nn.Module:
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def add_word_pieces(writer: gguf.GGUFWriter) -> None:
    """As the converter writes BERT's vocabulary."""
    names = vocabulary()
    control = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")
    writer.add_token_type_count(2)
    writer.add_token_list([token if token in control else token[2:] if token.startswith("##") else "\u2581" + token for token in names])
    writer.add_token_types([CONTROL if token in control else NORMAL for token in names])
    for add, token in ((writer.add_unk_token_id, "[UNK]"), (writer.add_sep_token_id, "[SEP]"), (writer.add_bos_token_id, "[CLS]"),
                       (writer.add_pad_token_id, "[PAD]"), (writer.add_mask_token_id, "[MASK]")):
        add(names[token])


def word_piece_ids() -> list[list[int]]:
    tokenizer = make_tokenizer()
    tokenizer.enable_truncation(LONGEST)
    return [tokenizer.encode(text).ids for text in TEXTS]


def write_bert(name: str, hidden: int, pooling: str, kinds: dict[str, Kind]) -> None:
    config = transformers.BertConfig(vocab_size=len(vocabulary()), hidden_size=hidden, num_hidden_layers=2 if hidden < 100 else 1,
                                     num_attention_heads=4, intermediate_size=hidden, max_position_embeddings=LONGEST, initializer_range=0.2)
    written = Written(name, "bert", shaken(transformers.BertModel(config, add_pooling_layer=False)), kinds)
    written.writer.add_layer_norm_eps(config.layer_norm_eps)
    written.writer.add_causal_attention(False)
    written.writer.add_pooling_type({"mean": gguf.PoolingType.MEAN, "cls": gguf.PoolingType.CLS}[pooling])
    add_word_pieces(written.writer)
    written.finish(word_piece_ids(), pooling)


def write_nomic(name: str) -> None:
    config = transformers.NomicBertConfig(vocab_size=len(vocabulary()), hidden_size=64, num_hidden_layers=1, num_attention_heads=2,
                                          intermediate_size=96, max_position_embeddings=LONGEST, initializer_range=0.2)
    written = Written(name, "nomic-bert", shaken(transformers.NomicBertModel(config, add_pooling_layer=False)),
                      {"attn": Kind.Q4_0, "ffn": Kind.Q8_0, "token_embd": Kind.Q5_1})
    written.writer.add_layer_norm_eps(config.layer_norm_eps)
    written.writer.add_causal_attention(False)
    written.writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    written.writer.add_pooling_type(gguf.PoolingType.MEAN)
    add_word_pieces(written.writer)
    written.finish(word_piece_ids(), "mean")


def trained_sentencepiece(kind: str, **options) -> sentencepiece.SentencePieceProcessor:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter([text for text in TEXTS if text] * 4), model_writer=model, model_type=kind, minloglevel=2, **options)
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def add_pieces(writer: gguf.GGUFWriter, pieces: sentencepiece.SentencePieceProcessor, model: str, order: list[int]) -> None:
    def type_of(piece: int) -> int:
        if pieces.is_unknown(piece):
            return UNKNOWN
        return CONTROL if pieces.is_control(piece) else 6 if pieces.is_byte(piece) else NORMAL

    writer.add_tokenizer_model(model)
    writer.add_tokenizer_pre("default")
    writer.add_token_list([pieces.id_to_piece(piece) for piece in order])
    writer.add_token_scores([pieces.get_score(piece) for piece in order])
    writer.add_token_types([type_of(piece) for piece in order])


def write_llama(name: str) -> None:
    pieces = trained_sentencepiece("bpe", vocab_size=320, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
                                   character_coverage=0.98)
    config = transformers.LlamaConfig(vocab_size=320, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
                                      intermediate_size=96, max_position_embeddings=LONGEST, initializer_range=0.2)
    written = Written(name, "llama", shaken(transformers.LlamaModel(config)), {"attn": Kind.F16, "ffn": Kind.Q8_0, "token_embd": Kind.F16},
                      {"attn_q.": 4, "attn_k.": 2})
    written.writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    written.writer.add_head_count_kv(2)
    written.writer.add_rope_dimension_count(16)
    written.writer.add_vocab_size(320)
    written.writer.add_rope_freq_base(10000.0)
    add_pieces(written.writer, pieces, "llama", list(range(320)))
    written.writer.add_bos_token_id(pieces.bos_id())
    written.writer.add_eos_token_id(pieces.eos_id())
    written.writer.add_add_bos_token(True)
    written.writer.add_add_eos_token(False)
    written.finish([([pieces.bos_id()] + pieces.encode(text))[:LONGEST] for text in TEXTS], "last")


def write_xlm_roberta(name: str) -> None:
    """Unigram with the ids of XLM-R: <s>, <pad>, </s>, <unk>, then the pieces."""
    pieces = trained_sentencepiece("unigram", vocab_size=50)
    order = [pieces.bos_id(), 0, pieces.eos_id(), pieces.unk_id(), *range(3, 50)]
    config = transformers.XLMRobertaConfig(vocab_size=51, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
                                           max_position_embeddings=LONGEST + 2, type_vocab_size=1, pad_token_id=1, initializer_range=0.2)
    written = Written(name, "bert", shaken(transformers.XLMRobertaModel(config, add_pooling_layer=False)), {"ffn": Kind.BF16, "attn": Kind.Q4_1})
    writer = written.writer
    writer.add_layer_norm_eps(config.layer_norm_eps)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.CLS)
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    tokens = [pieces.id_to_piece(piece) for piece in order]
    tokens[1] = "<pad>"
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0 if place < 4 else pieces.get_score(piece) for place, piece in enumerate(order)])
    writer.add_token_types([CONTROL, CONTROL, CONTROL, UNKNOWN] + [NORMAL] * 47)
    writer.add_token_type_count(1)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    from sentencepiece import sentencepiece_model_pb2
    parsed = sentencepiece_model_pb2.ModelProto.FromString(pieces.serialized_model_proto())
    writer.add_precompiled_charsmap(parsed.normalizer_spec.precompiled_charsmap)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    ids = [[0] + [3 if piece == pieces.unk_id() else piece + 1 for piece in pieces.encode(text)][:LONGEST - 2] + [2] for text in TEXTS]
    written.finish(ids, "cls")


def write_qwen(name: str, version: int) -> None:
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    words = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer.normalizer = tokenizers.normalizers.NFC()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([
        tokenizers.pre_tokenizers.Split(tokenizers.Regex(words), "isolated"), tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=300, special_tokens=["<|endoftext|>"], show_progress=False,
                                             initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXTS * 4, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    size = len(model["vocab"])
    shape = {"vocab_size": size, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
             "intermediate_size": 96, "max_position_embeddings": LONGEST, "initializer_range": 0.2}
    if version == 3:
        config = transformers.Qwen3Config(**shape, head_dim=32)
        reference = transformers.Qwen3Model(config)
    else:
        config = transformers.Qwen2Config(**shape)
        reference = transformers.Qwen2Model(config)
    written = Written(name, f"qwen{version}", shaken(reference), {"attn": Kind.Q5_0, "ffn": Kind.Q4_0, "token_embd": Kind.Q8_0})
    writer = written.writer
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    if version == 3:
        writer.add_key_length(32)
        writer.add_value_length(32)
        writer.add_rope_dimension_count(32)
        writer.add_pooling_type(gguf.PoolingType.LAST)
    names = sorted(model["vocab"], key=model["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(names)
    writer.add_token_types([CONTROL] + [NORMAL] * (size - 1))
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(version == 3)
    end = [0] if version == 3 else []
    written.finish([tokenizer.encode(text).ids[:LONGEST - len(end)] + end or [0] for text in TEXTS if text or end], "last")


def write_blocks() -> None:
    generator = numpy.random.default_rng(7)
    writer = gguf.GGUFWriter(str(FIXTURES / "blocks.gguf"), "none")
    for kind in (Kind.Q4_0, Kind.Q4_1, Kind.Q5_0, Kind.Q5_1, Kind.Q8_0, Kind.Q4_K, Kind.Q5_K, Kind.Q6_K):
        blocks = random_blocks(3, 512, kind, generator, 1)
        writer.add_tensor(kind.name, blocks, raw_dtype=kind)
        numpy.save(FIXTURES / f"blocks_{kind.name}.npy", gguf.dequantize(blocks, kind).astype(numpy.float32))
    writer.add_bool("flag", True)
    writer.add_int32("below", -5)
    writer.add_float64("half", 0.5)
    writer.add_array("numbers", [1, 2, 3])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    torch.manual_seed(31)
    write_blocks()
    write_bert("bert_f32", 32, "mean", {})
    write_bert("bert_q8_0", 32, "cls", {"attn": Kind.Q8_0, "ffn": Kind.Q4_0, "token_embd": Kind.F16})
    write_bert("bert_q4_k", 256, "mean", {"attn_q": Kind.Q6_K, "attn_v": Kind.Q5_K, "attn": Kind.Q4_K, "ffn": Kind.Q4_K, "token_embd": Kind.Q4_K})
    write_nomic("nomic_bert")
    write_llama("llama")
    write_xlm_roberta("xlm_roberta")
    write_qwen("qwen2", 2)
    write_qwen("qwen3", 3)


if __name__ == "__main__":
    main()
