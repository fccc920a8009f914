"""Makes tests/golden/fixtures/elmo: ELMo models of random weights in the files that it was published in, and what they make of words; and HDF5 files
in fixtures/hdf5 that are plain or odd.

ELMo's own library can't be installed beside today's PyTorch, so this script states the model anew: Peters et al. 2018 (arXiv:1802.05365),
with the details of the published files (TensorFlow's order of gates, the 1 that it adds to the forget gate, clipped cells and states,
highway layers that carry by 1 - gate). Convolutions see every word padded to its full length, as there; all is computed in float64.

Run by hand after a change, with the versions of tests/golden/requirements.txt: python tests/golden/make_elmo.py
"""

import json
import pathlib
import shutil

import h5py
import numpy
import torch
from torch.nn.functional import conv1d

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "elmo"
ODD = FIXTURES.parent / "hdf5"
CHARACTERS = 261
TEXTS = ["The river bank is deep.", "money, in the bank", "a", "caf\u00e9 \u4e2d\u6587 unbelievably-longwordsarecut here", "The the THE"]
# The words of each text, as Kindred tells them apart.
WORDS = [["The", "river", "bank", "is", "deep", "."], ["money", ",", "in", "the", "bank"], ["a"],
         ["caf\u00e9", "\u4e2d", "\u6587", "unbelievably", "-", "longwordsarecut", "here"], ["The", "the", "THE"]]

MODELS = {
    "relu": {"activation": "relu", "filters": [[1, 4], [2, 5], [3, 6], [7, 5]], "longest": 14, "layers": 2, "highways": 2, "packed": False},
    "tanh_packed": {"activation": "tanh", "filters": [[1, 3], [4, 5]], "longest": 50, "layers": 3, "highways": 1, "packed": True},
}
DIMENSIONS, PROJECTION, CELLS = 5, 8, 12


def characters_of(word: bytes, longest: int) -> list[int]:
    """Bytes between the marks of a word, and padding."""
    row = [258, *word[:longest - 2], 259]
    return row + [260] * (longest - len(row))


class Elmo:
    def __init__(self, settings: dict, arrays: dict[str, numpy.ndarray]):
        self.settings = settings
        self.arrays = {name: torch.from_numpy(values).double() for name, values in arrays.items()}

    def embed(self, rows: list[list[int]]) -> torch.Tensor:
        seen = self.arrays["char_embed"][torch.tensor(rows)].transpose(1, 2)  # words x dimensions x characters
        found = []
        for number in range(len(self.settings["filters"])):
            weight = self.arrays[f"CNN/W_cnn_{number}"][0].permute(2, 1, 0)  # filters x dimensions x width
            found.append(conv1d(seen, weight, self.arrays[f"CNN/b_cnn_{number}"]).amax(-1))
        x = getattr(torch, self.settings["activation"])(torch.cat(found, 1))
        for number in range(self.settings["highways"]):
            part = {name: self.arrays[f"CNN_high_{number}/{name}"] for name in ("W_carry", "b_carry", "W_transform", "b_transform")}
            gate = torch.sigmoid(x @ part["W_carry"] + part["b_carry"])
            x = gate * torch.relu(x @ part["W_transform"] + part["b_transform"]) + (1 - gate) * x
        return x @ self.arrays["CNN_proj/W_proj"] + self.arrays["CNN_proj/b_proj"]

    def run(self, x: torch.Tensor, direction: int, layer: int) -> torch.Tensor:
        prefix = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell/"
        weight, bias, projection = (self.arrays[prefix + name] for name in ("W_0", "B", "W_P_0"))
        state, cell = torch.zeros(PROJECTION).double(), torch.zeros(CELLS).double()
        out = [None] * len(x)
        for place in range(len(x)) if direction == 0 else reversed(range(len(x))):
            gates = torch.cat([x[place], state]) @ weight + bias
            entered, made, kept, opened = gates.split(CELLS)
            cell = torch.sigmoid(kept + 1) * cell + torch.sigmoid(entered) * torch.tanh(made)
            cell = cell.clamp(-3, 3)
            state = ((torch.sigmoid(opened) * torch.tanh(cell)) @ projection).clamp(-3, 3)
            out[place] = state
        return torch.stack(out)

    def states(self, words: list[str]) -> torch.Tensor:
        """layers + 1 x words x 2 projections."""
        longest = self.settings["longest"]
        marks = [[258, mark, 259] + [260] * (longest - 3) for mark in (256, 257)]
        x = self.embed([marks[0], *(characters_of(word.encode(), longest) for word in words), marks[1]])
        layers = [torch.cat([x, x], 1)]
        sides = [x, x]
        for layer in range(self.settings["layers"]):
            below = sides
            sides = [self.run(below[direction], direction, layer) for direction in (0, 1)]
            if layer > 0:
                sides = [side + under for side, under in zip(sides, below)]
            layers.append(torch.cat(sides, 1))
        return torch.stack(layers)[:, 1:-1]


def make_arrays(settings: dict, generator: numpy.random.Generator) -> dict[str, numpy.ndarray]:
    def random(*shape: int) -> numpy.ndarray:
        return generator.normal(0, 0.6, shape).astype(numpy.float32)

    width = sum(count for _, count in settings["filters"])
    arrays = {"char_embed": random(CHARACTERS, DIMENSIONS), "CNN_proj/W_proj": random(width, PROJECTION), "CNN_proj/b_proj": random(PROJECTION)}
    for number, (size, count) in enumerate(settings["filters"]):
        arrays[f"CNN/W_cnn_{number}"] = random(1, size, DIMENSIONS, count)
        arrays[f"CNN/b_cnn_{number}"] = random(count)
    for number in range(settings["highways"]):
        for part in ("carry", "transform"):
            arrays[f"CNN_high_{number}/W_{part}"] = random(width, width)
            arrays[f"CNN_high_{number}/b_{part}"] = random(width)
    for direction in (0, 1):
        for layer in range(settings["layers"]):
            prefix = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell/"
            # Large enough that some cells and states are clipped.
            arrays[prefix + "W_0"] = numpy.float32(1.3) * random(2 * PROJECTION, 4 * CELLS)
            arrays[prefix + "B"] = random(4 * CELLS)
            arrays[prefix + "W_P_0"] = 2 * random(CELLS, PROJECTION)
    return arrays


def write_odd_files() -> None:
    """HDF5 files that could lead a reader elsewhere, and one of plain arrays of each kind."""
    shutil.rmtree(ODD, ignore_errors=True)
    ODD.mkdir(parents=True)
    values = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)

    def write(name: str, fill) -> None:
        with h5py.File(ODD / f"{name}.hdf5", "w") as file:
            fill(file)

    def plain(file) -> None:
        file["group/inner/floats"] = values
        file["halves"] = values.astype(numpy.float16)
        file["doubles"] = values.astype(numpy.float64)
        file["big_endian"] = values.astype(">f4")
        file["numbers"] = values.astype(numpy.int32)
        file["one"] = numpy.float32(7)
        file.create_dataset("packed", data=values, compression="gzip", shuffle=True)
        file.create_dataset("chunked", data=numpy.arange(35, dtype=numpy.float32).reshape(5, 7), chunks=(2, 3))
        file.create_dataset("nothing", shape=(0, 3), dtype=numpy.float32)

    def other_file(file) -> None:
        layout = h5py.VirtualLayout((2, 3), numpy.float32)
        layout[...] = h5py.VirtualSource("plain.hdf5", "halves", (2, 3))
        file.create_virtual_dataset("virtual", layout)

    write("plain", plain)
    write("soft_link", lambda file: file.__setitem__("link", h5py.SoftLink("/elsewhere")))
    write("external_link", lambda file: file.__setitem__("link", h5py.ExternalLink("plain.hdf5", "/halves")))
    write("external_storage", lambda file: file.create_dataset("kept", (2, 3), numpy.float32, external=[("raw.bin", 0, 24)]))
    write("virtual", other_file)
    write("huge", lambda file: file.create_dataset("huge", (1 << 40,), numpy.float32, chunks=(1 << 20,)))
    write("lzf", lambda file: file.create_dataset("lzf", data=values, compression="lzf"))

    write("checksums", lambda file: file.create_dataset("sums", data=values, fletcher32=True))
    with h5py.File(ODD / "newest.hdf5", "w", libver="latest") as file:
        file["floats"] = values

    def circle(file) -> None:
        file.create_group("a")["again"] = file["/"]

    write("circle", circle)


def main() -> None:
    write_odd_files()
    shutil.rmtree(FIXTURES, ignore_errors=True)
    generator = numpy.random.default_rng(41)
    for name, settings in MODELS.items():
        folder = FIXTURES / name
        folder.mkdir(parents=True)
        arrays = make_arrays(settings, generator)
        with h5py.File(folder / "elmo_tiny_weights.hdf5", "w") as file:
            for path, values in arrays.items():
                file.create_dataset(path, data=values, **({"compression": "gzip", "shuffle": True} if settings["packed"] else {}))
        options = {"lstm": {"use_skip_connections": True, "projection_dim": PROJECTION, "cell_clip": 3, "proj_clip": 3, "dim": CELLS,
                            "n_layers": settings["layers"]},
                   "char_cnn": {"activation": settings["activation"], "filters": settings["filters"], "n_highway": settings["highways"],
                                "embedding": {"dim": DIMENSIONS}, "n_characters": 262, "max_characters_per_token": settings["longest"]}}
        (folder / "elmo_tiny_options.json").write_text(json.dumps(options))
        model = Elmo(settings, arrays)
        states = [model.states(words) for words in WORDS]
        for layer in range(settings["layers"] + 1):
            numpy.save(folder / f"layer_{layer}.npy", torch.cat([of_text[layer] for of_text in states]).numpy().astype(numpy.float32))
        numpy.save(folder / "vectors.npy", torch.stack([of_text.mean((0, 1)) for of_text in states]).numpy().astype(numpy.float32))
        (folder / "texts.json").write_text(json.dumps({"texts": TEXTS, "words": WORDS}))
        clipped = [(of_text[1:].abs() >= 3).double().mean().item() for of_text in states]
        print(name, states[0].shape, "clipped states:", clipped)


if __name__ == "__main__":
    main()
