"""Makes tests/golden/fixtures/torch with PyTorch: files of torch.save, and the same tensors in safetensors.

plain.bin has every type, views (a part of a storage, transposed, of no values, a single value), a parameter and a shared storage;
model.bin is the state_dict of a module, as pytorch_model.bin is; encoder.bin that of a model of make_encoders.py (run that first).

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_torch.py
"""

import collections
import pathlib
import shutil

import safetensors.torch
import torch

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "torch"


def write(name: str, tensors: dict) -> None:
    torch.save(tensors, FIXTURES / f"{name}.bin")
    own = {key: value.detach().clone().contiguous() for key, value in tensors.items() if isinstance(value, torch.Tensor)}
    safetensors.torch.save_file(own, FIXTURES / f"{name}.safetensors")


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    torch.manual_seed(4)
    rows = torch.randn(4, 6)
    write("plain", {
        "rows": rows,
        "part": rows[1:3],
        "columns": rows[:, 2:4],
        "transposed": rows.T,
        "parameter": torch.nn.Parameter(torch.randn(3)),
        "f16": torch.randn(5).half(),
        "bf16": torch.randn(5).bfloat16(),
        "f64": torch.randn(2, 2).double(),
        "i64": torch.arange(7),
        "i32": torch.arange(7, dtype=torch.int32),
        "i16": torch.arange(3, dtype=torch.int16),
        "i8": torch.arange(3, dtype=torch.int8),
        "u8": torch.arange(3, dtype=torch.uint8),
        "flags": torch.tensor([True, False]),
        "one": torch.tensor(2.5),
        "none": torch.empty(0, 3),
        "not a tensor": "text",
        "nor this": {"a": [1, 2.5, None, True]},
    })
    write("model", collections.OrderedDict(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2)).state_dict()))
    encoder = safetensors.torch.load_file(FIXTURES.parent / "encoders" / "albert_one_group" / "model.safetensors")
    torch.save(collections.OrderedDict(encoder), FIXTURES / "encoder.bin")


if __name__ == "__main__":
    main()
