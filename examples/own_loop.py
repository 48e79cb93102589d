"""The parts of a private run put together by hand, with Keras' `fit`.

    python examples/own_loop.py --run_dir=runs/own_loop

For a step of your own, a subclass of `DPGAN`. Networks of your own alone are in
own_critic.py, whose release has a card. Records are drawn here: bright bars.
"""

import argparse
import pathlib
import subprocess
import sys

import keras
import numpy as np
from keras import layers

from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims
from dpgan_tf.data import pipelines
from dpgan_tf.data import records as data_records
from dpgan_tf.models import dpgan
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.release import export
from dpgan_tf.run.callbacks import ledger_guard

SHAPE, LATENT_DIM, CRITIC_STEPS = (12, 12, 1), 16, 4
N, M = 2_000, 100  # Records, as declared in public; mean size of a batch.
Q = {"sampling_probability": M / N}
TARGET = plans.Target(epsilon=4.0, delta=1e-5, accountant="rdp")
BUDGET = {"target_epsilon": 4.0, "target_delta": 1e-5, "accountant": "rdp"}
NOISE = {"noise_source": "os_entropy"}
HASHES = dict.fromkeys(("config_hash", "data_fingerprint"), "0" * 64)


def build_critic() -> keras.Model:
    """Return D: layers of `privacy/critic_layers.py`, a score per record."""
    critic = [keras.Input(SHAPE), layers.Conv2D(8, 5, strides=2)]
    critic += [layers.LeakyReLU(0.2), layers.Flatten(), layers.Dense(1)]
    return keras.Sequential(critic)


def build_generator() -> keras.Model:
    """Return G: any Keras layers, since it sees no record."""
    generator = [keras.Input((LATENT_DIM,)), layers.Dense(5 * 5 * 16)]
    generator += [layers.ReLU(), layers.Reshape((5, 5, 16))]
    generator += [layers.Conv2DTranspose(1, 4, strides=2, activation="tanh")]
    return keras.Sequential(generator)


def records() -> np.ndarray:
    """Return uint8 images [n, height, width, 1]."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 40, (N, *SHAPE), np.uint8)
    pictures[np.arange(N), rng.integers(0, SHAPE[0], N)] += 200
    return pictures


def train(files: run_files.RunFiles, *, num_steps: int) -> None:
    """Spend the budget, and keep the generator's weights."""
    solve = calibration.calibrate_noise_multiplier
    sigma = solve(TARGET, num_steps=num_steps, **Q)
    mechanism = mechanisms.GroupedGaussianMechanism(
        noise_multiplier=sigma, num_groups=1, expected_batch_size=M, **Q
    )
    charged = {k: v for k, v in mechanism.parameters.items() if v} | BUDGET
    charged |= {"num_examples": N, "max_steps": num_steps} | NOISE | HASHES
    ledger = ledgers.Ledger.create(files.ledger, header=charged)
    critic, generator = build_critic(), build_generator()
    settings = {"batch_size": 64, "num_critic_steps": CRITIC_STEPS}
    settings["make_groups"] = grouping.fixed([0, 0, 0, 0])  # D's variables.
    model = dpgan.DPGAN(critic, generator, mechanism=mechanism, **settings)
    model.compile(
        critic_optimizer=keras.optimizers.Adam(0.002, 0.5),
        generator_optimizer=keras.optimizers.Adam(0.001, 0.5),
    )
    private = data_records.PrivateRecords(records())
    key = np.array(keys.from_entropy().as_integers())
    batches = pipelines.poisson_batches(
        private, chunk_size=64, key=key, steps_per_round=CRITIC_STEPS, **Q
    )
    rounds = num_steps // CRITIC_STEPS
    guard = ledger_guard.LedgerGuard(
        ledger, key=keys.from_entropy(), num_rounds=rounds, reserve_every=100
    )
    model.fit(batches, steps_per_epoch=rounds, verbose=2, callbacks=[guard])
    guard.close(is_clean=True)  # After an error, what was reserved stays spent.
    ledger.record_release(int(model.steps))
    np.savez(files.private / "generator.npz", *generator.get_weights())


def write_release(files: run_files.RunFiles) -> None:
    """Write generator and claim, in a process that has never held a record."""
    generator = build_generator()
    with np.load(files.private / "generator.npz") as weights:
        generator.set_weights(list(weights.values()))
    target = files.release / "generator" / "1"
    export.export_generator(generator, target, latent_dim=LATENT_DIM)
    claim = claims.build_claim(files.ledger, release_dir=files.release)
    claims.write_claim(claim, files.release)
    print(claim["statement"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--run_dir", type=pathlib.Path, required=True)
    parser.add_argument("--num_steps", type=int, default=1_000)
    flags = parser.parse_args()
    run = run_files.RunFiles(flags.run_dir)
    if run.ledger.exists():  # Trained: this is the second process.
        sys.exit(write_release(run))
    run.private.mkdir(parents=True)
    train(run, num_steps=flags.num_steps)
    subprocess.run([sys.executable, *sys.argv], check=True)
