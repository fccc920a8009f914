"""One text of 8,192 tokens through encoders with rotary positions: Kindred beside transformers on PyTorch, in one run for each model.

The models have the sizes of nomic-embed-text-v1.5 (all tokens attend to all) and ModernBERT-base (two layers of three see a window), with
random weights, which take as long as others. Two threads each, the better of two rounds; beside the speed the largest difference of any
value of the mean-pooled vector, relative to the largest value, and the memory of Kindred's process at its peak. The share of the bound is
floating-point work done a second over the rate of a large matrix product in PyTorch on the same threads, measured in the same run; only
pairs within a window count as work.

Environment: KINDRED (the program), KINDRED_MODEL_MINILM (whose tokenizer is used). Argument: how many tokens, else 8192.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import numpy
import torch
import transformers

THREADS = 2
ROUNDS = 2
TOLERANCE = 1e-5

kindred = os.environ["KINDRED"]
tokenizer_folder = pathlib.Path(os.environ["KINDRED_MODEL_MINILM"])
length = int(sys.argv[1]) if len(sys.argv) > 1 else 8192

# Runs a command in a small process of its own: a child of this one would be counted with the memory that this one has.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""

VOCABULARY = 30528
MODELS = {
    "NomicBERT, 12 layers": (transformers.NomicBertModel, transformers.NomicBertConfig(vocab_size=VOCABULARY, max_position_embeddings=8192)),
    "ModernBERT, 22 layers": (transformers.ModernBertModel, transformers.ModernBertConfig(vocab_size=VOCABULARY, pad_token_id=0)),
}


def flops(config) -> float:
    hidden, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
    dense = layers * length * 2 * hidden * (4 * hidden + 3 * inner)
    kinds = getattr(config, "layer_types", None) or ["full_attention"] * layers
    reach = getattr(config, "local_attention", 0) + 1
    return dense + sum(4 * length * (length if kind == "full_attention" else min(length, reach)) * hidden for kind in kinds)


def product_rate() -> float:
    """Flops a second of a large float32 matrix product on the same threads."""
    a, b = torch.rand(2048, 1536), torch.rand(1536, 1536)
    best = 0.0
    for _ in range(20):
        start = time.perf_counter()
        a @ b
        best = max(best, 2 * 2048 * 1536 * 1536 / (time.perf_counter() - start))
    return best


def text_of_tokens(tokenizer) -> tuple[str, list[int]]:
    """Common words, a token each."""
    words = [word for word in sorted(tokenizer.get_vocab()) if re.fullmatch("[a-z]{4,}", word)]
    text = " ".join(words[i * 7919 % len(words)] for i in range(length - 2))
    ids = tokenizer(text)["input_ids"]
    assert len(ids) == length, len(ids)
    return text, ids


def main() -> int:
    torch.set_num_threads(THREADS)
    bound = product_rate()
    print(f"{length} tokens, {THREADS} threads each; a large matrix product runs at {bound / 1e9:.0f} Gflop/s on them")
    print(f"{'':22} {'kindred, s':>10} {'rival, s':>8} {'ratio':>6} {'of bound':>8} {'difference':>10} {'peak, MB':>8}")
    failed = False
    for name, (model_class, config) in MODELS.items():
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            torch.manual_seed(0)
            model_class(config).save_pretrained(folder)
            tokenizer_json = json.loads((tokenizer_folder / "tokenizer.json").read_text())
            (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json | {"truncation": None, "padding": None}))
            text, ids = text_of_tokens(transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")))
            (folder / "text.txt").write_text(text + "\n")
            rival = model_class.from_pretrained(folder, attn_implementation="sdpa").eval()
            ours = theirs = float("inf")
            for _ in range(ROUNDS):
                done = subprocess.run([sys.executable, "-c", MEASURED, kindred, "embed", "--model", folder, "--input", folder / "text.txt",
                                       "--output", folder / "v.npy", "--threads", str(THREADS), "--json"], check=True, capture_output=True, text=True)
                summary, peak = (json.loads(line) for line in done.stdout.splitlines())
                ours = min(ours, summary["seconds"])
                with torch.no_grad():
                    start = time.perf_counter()
                    expected = rival(input_ids=torch.tensor([ids])).last_hidden_state.mean(1)[0].numpy()
                    theirs = min(theirs, time.perf_counter() - start)
            difference = abs(numpy.load(folder / "v.npy")[0] - expected).max() / abs(expected).max()
            failed |= difference > TOLERANCE or summary["tokens"] != length
            print(f"{name:22} {ours:10.1f} {theirs:8.1f} {theirs / ours:6.2f} {flops(config) / ours / bound:8.0%} {difference:10.1e} {peak / 1024:8.0f}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
