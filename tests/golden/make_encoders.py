"""Makes tests/golden/fixtures/encoders with the reference implementation.

A folder for each family of encoders: a model of random weights, tiny but with every part that the family has, as Hugging Face saves it;
and in ids.json and hidden.npy some texts as ids, and the last hidden states that the reference gives them one by one, in float64 from the
weights in float32. That padding on the right changes nothing in the reference is asserted here.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_encoders.py
"""

import json
import pathlib
import random
import shutil

import numpy
import torch
import transformers

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "encoders"
VOCABULARY = 50
SMALL = {"vocab_size": VOCABULARY, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20,
         "initializer_range": 0.3}

# Name: class, its configuration, the longest text. Where a model has a head, its encoder's tensors are below a name of their own.
FAMILIES = {
    "bert_head": ("BertForMaskedLM", SMALL | {"max_position_embeddings": 24, "hidden_act": "gelu_pytorch_tanh"}, 24),
    "roberta": ("RobertaModel", SMALL | {"max_position_embeddings": 22, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1}, 20),
    "xlm_roberta": ("XLMRobertaForMaskedLM", SMALL | {"max_position_embeddings": 24, "type_vocab_size": 1, "pad_token_id": 3}, 20),
    "camembert": ("CamembertModel", SMALL | {"max_position_embeddings": 22, "type_vocab_size": 1}, 20),
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
}


def texts(longest: int) -> list[list[int]]:
    """Ids of one token, of the longest text, and between; 1 and 3, with which some families pad, stand within texts too."""
    generator = random.Random(7)
    return [[generator.randrange(VOCABULARY) for _ in range(length)] for length in (1, 2, 7, longest, 13)] + [[5, 1, 6, 3, 7, 1], [1, 3, 9]]


def encoder(model: torch.nn.Module) -> torch.nn.Module:
    return model.base_model


def write(name: str, kind: str, settings: dict, longest: int) -> None:
    folder = FIXTURES / name
    torch.manual_seed(len(name))
    model_class = getattr(transformers, kind)
    model = model_class._from_config(model_class.config_class(**settings), attn_implementation="eager").eval()
    for parameter in model.parameters():  # norms and biases that differ from ones and zeros
        parameter.data += 0.05 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)

    reference = encoder(model.double())
    ids = texts(longest)
    with torch.no_grad():
        hidden = [reference(input_ids=torch.tensor([text])).last_hidden_state[0] for text in ids]
        # A padded batch: the same, where no text has the padding token.
        padding = model.config.pad_token_id
        whole = [i for i, text in enumerate(ids) if padding not in text]
        width = max(len(ids[i]) for i in whole)
        padded = reference(input_ids=torch.tensor([ids[i] + [padding] * (width - len(ids[i])) for i in whole]),
                           attention_mask=torch.tensor([[1] * len(ids[i]) + [0] * (width - len(ids[i])) for i in whole])).last_hidden_state
        for row, i in zip(padded, whole):
            torch.testing.assert_close(row[: len(ids[i])], hidden[i], rtol=0, atol=1e-9)
    (folder / "ids.json").write_text(json.dumps(ids) + "\n")
    numpy.save(folder / "hidden.npy", torch.cat(hidden).float().numpy())


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    for name, row in FAMILIES.items():
        write(name, *row)


if __name__ == "__main__":
    main()
