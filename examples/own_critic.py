"""A critic and a generator of your own, from records to a verified release.

    python examples/own_critic.py --run_dir=runs/own_critic

Stop it whenever you like: the same command, or `dpgan train --run_dir` alone,
goes on. The records are drawn here: bright bars on a dark ground. Put yours in
place of `records`, and declare their number in public: it is never counted
from them.
"""

import argparse
import pathlib

import keras
import numpy as np
from keras import layers

import dpgan_tf

SHAPE, LATENT_DIM, NUM_RECORDS = (12, 12, 1), 16, 2_000


def build_critic() -> keras.Model:
    """Return D: layers of `privacy/layer_rules.py`, a score per record."""
    critic = [keras.Input(SHAPE), layers.SeparableConv2D(16, 5, strides=2)]
    critic += [layers.LayerNormalization(), layers.LeakyReLU(0.2)]
    critic += [layers.Flatten(), layers.Dense(1)]
    return keras.Sequential(critic)


def build_generator() -> keras.Model:
    """Return G: layers of Keras, with images in [-1, 1]; it sees no record."""
    generator = [keras.Input((LATENT_DIM,)), layers.Dense(5 * 5 * 16)]
    generator += [layers.BatchNormalization(), layers.ReLU()]
    generator += [layers.Reshape((5, 5, 16))]
    generator += [layers.Conv2DTranspose(1, 4, strides=2, activation="tanh")]
    return keras.Sequential(generator)


def records() -> np.ndarray:
    """Return uint8 images [n, height, width, 1]."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 40, (NUM_RECORDS, *SHAPE), np.uint8)
    pictures[np.arange(NUM_RECORDS), rng.integers(0, 12, NUM_RECORDS)] += 200
    return pictures


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--run_dir", type=pathlib.Path, required=True)
    parser.add_argument("--recipe", default="auto")
    flags = parser.parse_args()
    run = dpgan_tf.train(
        records(),
        epsilon=4,
        num_records=NUM_RECORDS,
        run_dir=flags.run_dir,
        recipe=flags.recipe,
        critic=build_critic,
        generator=build_generator,
    )
    print("verified:", run.release.verify())
    print("samples:", run.release.sample(16, seed=0).shape)
