"""The encoder's matrix products: Kindred's linear layer beside oneDNN's sgemm, one thread each, in one run.

The program kindred_benchmark_matrix_product stands beside the program KINDRED names. It alternates both sides, takes the best round of each, and compares
the results; a difference above what float32 sums of these lengths allow fails.
"""

import json
import os
import pathlib
import subprocess
import sys

program = pathlib.Path(os.environ["KINDRED"]).parent / "kindred_benchmark_matrix_product"
failed = False
print(f"{'':26} {'rows':>5} {'kindred Gflop/s':>16} {'oneDNN':>7} {'ratio':>6} {'difference':>11}")
for rows in (1024, 128, 16, 4):
    output = subprocess.run([program, str(rows), "1"], env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True,
                            capture_output=True, text=True).stdout
    for row in map(json.loads, output.splitlines()):
        failed |= row["difference"] > 1e-4
        print(f"{row['shape']:26} {rows:5} {row['kindred']:16.1f} {row['onednn']:7.1f} {row['kindred'] / row['onednn']:6.2f} "
              f"{row['difference']:11.1e}")
sys.exit(failed)
