"""A run so small that a whole one fits into a test."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np

from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text

NUM_RECORDS = 300
SETTINGS = {
    "num_private_examples": 285,
    "public_fraction": 0.05,
    "target_epsilon": 1.0,
    "target_delta": 1e-3,
    "critic_width": 2,
    "generator_width": 2,
    "latent_dim": 4,
    "warm_start_steps": 2,
    "warm_start_batch_size": 8,
    "public_batch_size": 4,
    "expected_batch_size": 12,
    "chunk_size": 8,
    "num_critic_steps": 2,
    "num_steps": 12,
    "checkpoint_every": 3,
    "num_score_samples": 100,
    "score_every": 0,
}


def write_records(folder, *, shape=(NUM_RECORDS, 28, 28), seed=0):
    """Write images without labels, and return the file."""
    rng = np.random.default_rng(seed)
    path = pathlib.Path(folder) / "records.npz"
    np.savez(path, images=rng.integers(0, 256, shape, dtype=np.uint8))
    return path


def write_labelled_records(folder, *, seed=0):
    """Write images as bright as their labels say, and return the file."""
    rng = np.random.default_rng(seed)
    labels = np.arange(NUM_RECORDS) % 10
    shades = 20 * labels[:, None, None]
    images = rng.integers(0, 40, (NUM_RECORDS, 28, 28)) + shades
    path = pathlib.Path(folder) / "records.npz"
    np.savez(
        path,
        x_train=images.astype(np.uint8),
        y_train=labels,
        x_test=images[:60].astype(np.uint8),
        y_test=labels[:60],
        num_classes=10,
    )
    return path


def config(folder, **changes):
    """Return the configuration of a tiny run over records in a folder."""
    path = pathlib.Path(folder) / "records.npz"
    if not path.exists():
        write_records(folder)
    values = SETTINGS | {"dataset": str(path)} | changes
    texts = {name: str(value) for name, value in values.items()}
    return config_text.replace(presets.get("mnist_quick"), texts)


def command(folder, **changes):
    """Return the command line of a tiny run."""
    made = config(folder, **changes)
    base = presets.get("mnist_quick")
    sets = [
        f"--set={name}={getattr(made, name)}"
        for name in config_text.describe()
        if getattr(made, name) != getattr(base, name)
    ]
    return [
        *(sys.executable, "-m", "dpgan_tf", "train", "--preset=mnist_quick"),
        *(f"--run_dir={folder}/run", f"--data_dir={folder}", *sets),
    ]


def run(arguments, **options):
    """Run a command to its end, and return what it printed."""
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
        **options,
    )


def ledger_entries(folder):
    """Return the entries of a run's ledger."""
    path = pathlib.Path(folder) / "run" / "private" / "ledger.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]
