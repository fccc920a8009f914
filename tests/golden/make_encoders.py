"""Makes tests/golden/fixtures/encoders with the reference implementation.

A folder for each family of encoders: a model of random weights, tiny but with every part that the family has, as Hugging Face saves it
(in halves where the name ends in f16 or bf16); and in ids.json and hidden.npy some texts as ids, and the last hidden states that the reference gives them one by one, in float64 from the
weights in float32; in layers.npy the states after each layer for one of the texts. That padding changes nothing in the reference, on the right or on the left, is asserted here.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_encoders.py
"""

import inspect
import json
import pathlib
import random
import shutil

import numpy
import safetensors.torch
import torch
import transformers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "encoders"
VOCABULARY = 50
SMALL = {"vocab_size": VOCABULARY, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20,
         "initializer_range": 0.3}

ROTARY = SMALL | {"max_position_embeddings": 40, "pad_token_id": 0}

# Name: class, its configuration, the longest text. Where a model has a head, its encoder's tensors are below a name of their own.
FAMILIES = {
    "bert_head": ("BertForMaskedLM", SMALL | {"max_position_embeddings": 24, "hidden_act": "gelu_pytorch_tanh"}, 24),
    "bert_f16": ("BertModel", SMALL | {"max_position_embeddings": 20}, 20),
    "roberta": ("RobertaModel", SMALL | {"max_position_embeddings": 22, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1}, 20),
    "xlm_roberta": ("XLMRobertaForMaskedLM", SMALL | {"max_position_embeddings": 24, "type_vocab_size": 1, "pad_token_id": 3}, 20),
    "camembert": ("CamembertModel", SMALL | {"max_position_embeddings": 22, "type_vocab_size": 1}, 20),
    "deberta_v2": ("DebertaV2Model", SMALL | {
        "max_position_embeddings": 30, "type_vocab_size": 2, "relative_attention": True, "pos_att_type": ["c2p"], "layer_norm_eps": 1e-5}, 30),
    "deberta_v3": ("DebertaV2ForMaskedLM", SMALL | {
        "max_position_embeddings": 60, "type_vocab_size": 0, "relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 8,
        "norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False, "max_relative_positions": -1}, 60),
    "distilbert": ("DistilBertModel", {"vocab_size": VOCABULARY, "dim": 24, "n_layers": 2, "n_heads": 3, "hidden_dim": 20,
                                       "max_position_embeddings": 20, "initializer_range": 0.3}, 20),
    "distilbert_sinusoidal": ("DistilBertForMaskedLM", {
        "vocab_size": VOCABULARY, "dim": 24, "n_layers": 1, "n_heads": 2, "hidden_dim": 20, "max_position_embeddings": 20,
        "sinusoidal_pos_embds": True, "initializer_range": 0.3}, 20),
    "electra": ("ElectraModel", SMALL | {"embedding_size": 12, "max_position_embeddings": 20}, 20),
    "electra_wide": ("ElectraForPreTraining", SMALL | {"embedding_size": 24, "max_position_embeddings": 20}, 20),
    "albert": ("AlbertModel", SMALL | {"embedding_size": 10, "max_position_embeddings": 20, "num_hidden_layers": 5, "num_hidden_groups": 2,
                                       "inner_group_num": 2}, 20),
    "albert_one_group": ("AlbertForMaskedLM", SMALL | {"embedding_size": 10, "max_position_embeddings": 20, "num_hidden_layers": 3}, 20),
    "mpnet": ("MPNetModel", SMALL | {"max_position_embeddings": 202}, 200),
    "modernbert": ("ModernBertModel", ROTARY | {"num_hidden_layers": 4, "local_attention": 10, "global_attn_every_n_layers": 3}, 40),
    "modernbert_biased": ("ModernBertForMaskedLM", ROTARY | {
        "local_attention": 6, "norm_bias": True, "attention_bias": True, "mlp_bias": True, "global_attn_every_n_layers": 2}, 40),
    "nomic_bert": ("NomicBertModel", ROTARY | {"pad_token_id": 0}, 40),
    "gte": ("GteModel", ROTARY, 40),
    "gte_without_types": ("GteForMaskedLM", ROTARY | {
        "type_vocab_size": 0, "rope_parameters": {"rope_type": "linear", "factor": 2.5, "rope_theta": 20000.0}}, 40),
    "gpt2": ("GPT2Model", {"vocab_size": VOCABULARY, "n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 40, "initializer_range": 0.3}, 40),
    "gpt2_head": ("GPT2LMHeadModel", {"vocab_size": VOCABULARY, "n_embd": 24, "n_layer": 1, "n_head": 2, "n_positions": 20, "n_inner": 20,
                                      "activation_function": "gelu", "initializer_range": 0.3}, 20),
    "t5": ("T5EncoderModel", {"vocab_size": VOCABULARY, "d_model": 24, "d_kv": 10, "d_ff": 20, "num_layers": 3, "num_heads": 3}, 200),
    "t5_gated": ("T5ForConditionalGeneration", {"vocab_size": VOCABULARY, "d_model": 24, "d_kv": 4, "d_ff": 20, "num_layers": 2, "num_heads": 4,
                                                "relative_attention_num_buckets": 8, "relative_attention_max_distance": 20,
                                                "feed_forward_proj": "gated-gelu"}, 50),
    "llama": ("LlamaModel", ROTARY | {"num_key_value_heads": 1}, 40),
    "llama_biased": ("LlamaForCausalLM", ROTARY | {"attention_bias": True, "mlp_bias": True, "rope_parameters": {
        "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 12}}, 40),
    "mistral": ("MistralModel", ROTARY | {"num_attention_heads": 4, "head_dim": 8, "num_key_value_heads": 2, "sliding_window": 7}, 40),
    "qwen2": ("Qwen2Model", ROTARY | {"num_hidden_layers": 3, "num_key_value_heads": 3, "use_sliding_window": True, "sliding_window": 5,
                                      "max_window_layers": 1}, 40),
    "qwen2_yarn": ("Qwen2ForCausalLM", ROTARY | {"num_key_value_heads": 1, "rope_parameters": {
        "rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 10}}, 40),
    "qwen3_bf16": ("Qwen3Model", ROTARY | {"num_key_value_heads": 3, "head_dim": 8}, 40),
    "qwen3": ("Qwen3Model", ROTARY | {"num_key_value_heads": 1, "head_dim": 12}, 40),
    "gemma3": ("Gemma3TextModel", ROTARY | {"num_hidden_layers": 4, "num_key_value_heads": 1, "head_dim": 10, "sliding_window": 6,
                                            "query_pre_attn_scalar": 12, "layer_types": None, "sliding_window_pattern": 3}, 40),
    "embedding_gemma": ("Gemma3TextModel", ROTARY | {
        "num_hidden_layers": 3, "num_key_value_heads": 3, "head_dim": 8, "sliding_window": 8, "use_bidirectional_attention": True,
        "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}, 40),
}

LAYERS_OF = 2  # the text whose states after each layer are kept

# They count positions past padding by themselves; others are told.
COUNTED_PAST_PADDING = {"roberta", "xlm_roberta", "camembert", "mpnet"}


def texts(longest: int) -> list[list[int]]:
    """Ids of one token, of the longest text, and between; 1 and 3, with which some families pad, stand within texts too."""
    generator = random.Random(7)
    return [[generator.randrange(VOCABULARY) for _ in range(length)] for length in (1, 2, 7, longest, 13)] + [[5, 1, 6, 3, 7, 1], [1, 3, 9]]


def encoder(model: torch.nn.Module) -> torch.nn.Module:
    return model.encoder if type(model).__name__.startswith("T5") else model.base_model


def assert_padding_changes_nothing(name: str, reference: torch.nn.Module, ids: list[list[int]], hidden: list, side: str) -> None:
    """Of texts without the padding token, batched by the reference's rules."""
    padding = reference.config.pad_token_id or 0
    whole = [i for i, text in enumerate(ids) if padding not in text]
    width = max(len(ids[i]) for i in whole)
    fill = [width - len(ids[i]) for i in whole]
    pads = [[padding] * count for count in fill]
    blanks = [[0] * count for count in fill]
    ones = [[1] * len(ids[i]) for i in whole]
    if side == "right":
        padded, mask = [ids[i] + pad for i, pad in zip(whole, pads)], [one + blank for one, blank in zip(ones, blanks)]
    else:
        padded, mask = [pad + ids[i] for i, pad in zip(whole, pads)], [blank + one for one, blank in zip(ones, blanks)]
    told = {}
    if "position_ids" in inspect.signature(reference.forward).parameters and name not in COUNTED_PAST_PADDING:
        told["position_ids"] = (torch.tensor(mask).cumsum(1) - 1).clamp(min=0)
    states = reference(input_ids=torch.tensor(padded), attention_mask=torch.tensor(mask), **told).last_hidden_state
    for state, i, count in zip(states, whole, fill):
        own = state[: len(ids[i])] if side == "right" else state[count:]
        torch.testing.assert_close(own, hidden[i], rtol=0, atol=1e-5)  # some compute norms in float32 whatever the weights are


def write(name: str, kind: str, settings: dict, longest: int) -> None:
    folder = FIXTURES / name
    torch.manual_seed(len(name))
    model_class = getattr(transformers, kind)
    # Where whole rows are masked, eager attention in float64 gives nothing at all.
    attention = "sdpa" if getattr(model_class, "_supports_sdpa", False) else "eager"
    model = model_class._from_config(model_class.config_class(**settings), attn_implementation=attention).eval()
    for parameter in model.parameters():  # norms and biases that differ from ones and zeros
        parameter.data += 0.05 * torch.randn_like(parameter)
    for suffix, kind in (("_bf16", torch.bfloat16), ("_f16", torch.float16)):
        if name.endswith(suffix):
            model = model.to(kind)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)

    # Read anew: what was turned into halves are the weights, not the angles of positions that a model computes when it is made.
    model = model_class.from_pretrained(folder, dtype=torch.float32, attn_implementation=attention).eval()
    reference = encoder(model.double())
    ids = texts(longest)
    with torch.no_grad():
        hidden = [reference(input_ids=torch.tensor([text])).last_hidden_state[0] for text in ids]
        for side in ("right", "left"):
            assert_padding_changes_nothing(name, reference, ids, hidden, side)
        layers = reference(input_ids=torch.tensor([ids[LAYERS_OF]]), output_hidden_states=True).hidden_states
    (folder / "ids.json").write_text(json.dumps(ids) + "\n")
    numpy.save(folder / "hidden.npy", torch.cat(hidden).float().numpy())
    numpy.save(folder / "layers.npy", torch.cat([layer[0] for layer in layers]).float().numpy())


def jina_bert(tensors: dict[str, torch.Tensor], config: dict, ids: list[int]) -> list[torch.Tensor]:
    """The hidden states of a text: of the embeddings, and after each layer.

    The reference is code of the models' repository, which no package carries: this is a statement of its own, from the paper (Günther et
    al. 2023, arXiv:2310.19923, section 3.1) and the names of the tensors.
    """
    def dense(x, name):
        return torch.nn.functional.linear(x, tensors[name + ".weight"], tensors.get(name + ".bias"))

    def norm(x, name):
        return torch.nn.functional.layer_norm(x, x.shape[-1:], tensors[name + ".weight"], tensors[name + ".bias"], config["layer_norm_eps"])

    heads, length = config["num_attention_heads"], len(ids)
    assert heads == 4  # slopes 2^-2, 2^-4, 2^-6, 2^-8
    slopes = torch.tensor([2.0 ** (-2 * (head + 1)) for head in range(heads)], dtype=torch.float64)
    places = torch.arange(length)
    penalties = -slopes[:, None, None] * (places[None, :] - places[:, None]).abs()
    hidden = norm(tensors["embeddings.word_embeddings.weight"][ids] + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    states = [hidden]
    for i in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{i}."
        query, key, value = (dense(hidden, f"{layer}attention.self.{part}").view(length, heads, -1).transpose(0, 1) for part in ("query", "key", "value"))
        weights = (query @ key.transpose(1, 2) / query.shape[-1] ** 0.5 + penalties).softmax(-1)
        context = (weights @ value).transpose(0, 1).reshape(length, -1)
        hidden = norm(dense(context, layer + "attention.output.dense") + hidden, layer + "attention.output.LayerNorm")
        gates, values = dense(hidden, layer + "mlp.gated_layers").chunk(2, -1)
        hidden = norm(dense(torch.nn.functional.gelu(gates) * values, layer + "mlp.wo") + hidden, layer + "mlp.layernorm")
        states.append(hidden)
    return states


def write_jina_bert() -> None:
    folder = FIXTURES / "jina_bert"
    folder.mkdir()
    config = {
        "architectures": ["JinaBertForMaskedLM"], "attention_probs_dropout_prob": 0.0, "emb_pooler": "mean", "feed_forward_type": "geglu",
        "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 24, "initializer_range": 0.02, "intermediate_size": 20,
        "layer_norm_eps": 1e-12, "max_position_embeddings": 40, "model_max_length": 40, "model_type": "bert", "num_attention_heads": 4,
        "num_hidden_layers": 2, "pad_token_id": 0, "position_embedding_type": "alibi", "type_vocab_size": 2, "use_cache": True,
        "vocab_size": VOCABULARY,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes = {"embeddings.word_embeddings.weight": (VOCABULARY, hidden), "embeddings.token_type_embeddings.weight": (2, hidden),
              "embeddings.LayerNorm.weight": (hidden,), "embeddings.LayerNorm.bias": (hidden,)}
    for i in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{i}."
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= {f"{layer}{name}.weight": (hidden, hidden), f"{layer}{name}.bias": (hidden,)}
        shapes |= {layer + "mlp.gated_layers.weight": (2 * inner, hidden), layer + "mlp.wo.weight": (hidden, inner), layer + "mlp.wo.bias": (hidden,)}
        for name in ("attention.output.LayerNorm", "mlp.layernorm"):
            shapes |= {f"{layer}{name}.weight": (hidden,), f"{layer}{name}.bias": (hidden,)}
    torch.manual_seed(5)
    tensors = {name: 0.3 * torch.randn(shape) + (1.0 if "orm.weight" in name else 0.0) for name, shape in shapes.items()}
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    ids = texts(40)
    (folder / "ids.json").write_text(json.dumps(ids) + "\n")
    doubles = {name: tensor.double() for name, tensor in tensors.items()}
    numpy.save(folder / "hidden.npy", torch.cat([jina_bert(doubles, config, text)[-1] for text in ids]).float().numpy())
    numpy.save(folder / "layers.npy", torch.cat(jina_bert(doubles, config, ids[LAYERS_OF])).float().numpy())


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    for name, row in FAMILIES.items():
        write(name, *row)
    write_jina_bert()


if __name__ == "__main__":
    main()
