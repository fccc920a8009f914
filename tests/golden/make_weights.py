"""Makes tests/golden/fixtures/weights: the weights of tiny_bert (make_models.py) as PyTorch and Transformers store them.

f16, bf16: in halves, with the reference's last hidden states (hidden.npy) of the texts of tiny_bert, computed in float32 from those halves.
sharded: in several safetensors files with their index; the same values as tiny_bert's.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_weights.py
"""

import json
import pathlib
import shutil

import numpy
import torch
from transformers import BertModel

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
TINY_BERT = FIXTURES / "models" / "tiny_bert"
WEIGHTS = FIXTURES / "weights"


def tiny_bert(dtype: torch.dtype) -> BertModel:
    return BertModel.from_pretrained(TINY_BERT, add_pooling_layer=False, dtype=dtype).eval()


def fresh(name: str) -> pathlib.Path:
    folder = WEIGHTS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def make_halves(name: str, dtype: torch.dtype) -> None:
    folder = fresh(name)
    tiny_bert(dtype).save_pretrained(folder)
    model = BertModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32).eval()
    hidden = []
    for ids in json.loads((TINY_BERT / "expected" / "ids.json").read_text()):  # one by one: no padding takes part
        with torch.no_grad():
            hidden.append(model(torch.tensor([ids])).last_hidden_state[0].numpy())
    numpy.save(folder / "hidden.npy", numpy.concatenate(hidden).astype(numpy.float32))


def main() -> None:
    make_halves("f16", torch.float16)
    make_halves("bf16", torch.bfloat16)
    tiny_bert(torch.float32).save_pretrained(fresh("sharded"), max_shard_size="40KB")


if __name__ == "__main__":
    main()
