r"""Measure Poisson sampling from pictures on disk: time per step, memory.

A data set of the given size is written once into --data_dir, in the form that
prepare-data writes; its pictures are a few random ones, repeated. Sampling
draws over all records and reads those of a step.

Examples:
  python -m benchmarks.sampler --num_records=2500000 --side=8
  python -m benchmarks.sampler --num_records=200000 --side=64
"""

import json
import os
import pathlib
import resource
import sys
import time
from collections.abc import Sequence

import numpy as np
from absl import flags

from benchmarks import machine
from benchmarks import picture_store
from dpgan_tf.data import pipelines
from dpgan_tf.data import sources
from dpgan_tf.data import split as splits

_NUM_STEPS = 80
_STEPS_PER_ROUND = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Write the data set if it is missing, then measure.

    Args:
      argv: flags; None takes them from the command line.
    """
    values = _parse([sys.argv[0], *(sys.argv[1:] if argv is None else argv)])
    folder = pathlib.Path(values.data_dir) / (
        f"benchmark_{values.num_records}_{values.side}"
    )
    if not folder.exists():
        picture_store.write(
            folder, values.num_records, shape=(values.side, values.side, 3)
        )
    found = measure(folder, values.batch)
    print(json.dumps(found, indent=1))
    if values.out:
        pathlib.Path(values.out).write_text(json.dumps(found, indent=1) + "\n")
    return 0


def measure(folder: pathlib.Path, expected_batch_size: int) -> dict:
    """Draw batches and return their time and memory.

    Args:
      folder: folder of prepared pictures.
      expected_batch_size: expected size m of a batch.
    """
    dataset = sources.load(os.fspath(folder), data_dir=folder.parent)
    _, private, _ = splits.split_public_private(
        dataset, public_fraction=0.02, seed=0
    )
    rounds = pipelines.prefetched(
        pipelines.poisson_batches(
            private,
            sampling_probability=expected_batch_size / len(private),
            chunk_size=256,
            key=np.array([1, 2, 3, 4]),
            steps_per_round=_STEPS_PER_ROUND,
        )
    )
    num_rounds = _NUM_STEPS // _STEPS_PER_ROUND
    iterator = iter(rounds)
    for _ in range(3):  # Elements that were read ahead.
        next(iterator)
    start, num_read = time.perf_counter(), 0
    for _ in range(num_rounds):
        num_read += sum(int(np.sum(batch.mask)) for batch in next(iterator))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "num_records": len(private),
        "image_shape": list(dataset.form.shape),
        "expected_batch_size": expected_batch_size,
        "mean_batch_size": num_read / _NUM_STEPS,
        "seconds_per_step": round(seconds / _NUM_STEPS, 4),
        "records_per_second": round(num_read / seconds),
        "peak_memory_gib": round(peak, 2),
        "machine": machine.describe(peers_python=""),
    }


def _parse(argv):
    values = flags.FlagValues()
    flags.DEFINE_integer(
        "num_records",
        2_500_000,
        "Record count.",
        1_000,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "side", 8, "Height and width.", 8, 256, flag_values=values
    )
    flags.DEFINE_integer(
        "batch", 512, "Expected size of a batch.", 1, flag_values=values
    )
    flags.DEFINE_string(
        "data_dir", "data", "Folder of the pictures.", flag_values=values
    )
    flags.DEFINE_string("out", None, "File for results.", flag_values=values)
    values(argv)
    return values


if __name__ == "__main__":
    sys.exit(main())
