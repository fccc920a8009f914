"""Makes tests/golden/fixtures/gradients with the reference implementation.

The loss of sentence-transformers' CosineSimilarityLoss, mean((cos(u, v) - label)^2), where u and v are the mean-pooled vectors of the two
texts of a pair, on the tiny BERT of make_models.py (run that first). pairs.json has ids and labels, gradients.safetensors the gradient of
every parameter by its name, as PyTorch's autograd finds it in float64.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_gradients.py
"""

import json
import pathlib

import torch
from safetensors.torch import save
from transformers import AutoTokenizer, BertModel

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
MODEL = FIXTURES / "models" / "tiny_bert"
PAIRS = [
    ("The river bank is deep.", "The bank gave a loan, with interest!", 0.1),
    ("a quick brown fox jumps over the lazy dog", "the cat sat on the mat", 0.4),
    ("Kindred: one engine", "search engine", 0.9),
    ("a", "a", 1.0),
]


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(str(MODEL))
    model = BertModel.from_pretrained(str(MODEL), attn_implementation="eager", add_pooling_layer=False).double().eval()

    def vector(ids: list[int]) -> torch.Tensor:
        return model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(dim=0)

    pairs = [([tokenizer(text)["input_ids"] for text in (first, second)], label) for first, second, label in PAIRS]
    cosines = torch.stack([torch.cosine_similarity(vector(first), vector(second), dim=0) for (first, second), _ in pairs])
    loss = ((cosines - torch.tensor([label for _, label in pairs], dtype=torch.float64)) ** 2).mean()
    loss.backward()

    folder = FIXTURES / "gradients"
    folder.mkdir(exist_ok=True)
    (folder / "pairs.json").write_text(json.dumps(
        {"pairs": [{"ids": ids, "label": label} for ids, label in pairs], "cosines": cosines.tolist(), "loss": loss.item()}) + "\n")
    (folder / "gradients.safetensors").write_bytes(save({name: parameter.grad.float() for name, parameter in model.named_parameters()}))


if __name__ == "__main__":
    main()
