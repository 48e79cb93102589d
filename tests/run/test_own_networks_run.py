"""A whole run with own networks: interrupted, resumed, released, verified."""

import json
import shutil

import keras
import numpy as np
import pytest
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import text as config_text
from dpgan_tf.privacy import isolation
from dpgan_tf.privacy import own_layers
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.release import sampling
from dpgan_tf.run import precision
from dpgan_tf.run import training
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.stages import release
from tests import labelled_runs
from tests import tiny_run
from tests.privacy import custom_layers

_SETTINGS = {
    "networks.ema_decay": 0.5,
    "scoring.variety": 1.2,
    "networks.precision": "auto",
    "grouping": "weight_bias",
}


def critic(*, use_bias=True):
    image = keras.Input((28, 28, 1))
    hidden = layers.DepthwiseConv2D(5, strides=3)(image)
    hidden = layers.LeakyReLU(0.2)(layers.LayerNormalization()(hidden))
    score = layers.Dense(1, use_bias=use_bias)(layers.Flatten()(hidden))
    return keras.Model(image, score)


def generator():
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(7 * 7 * 2),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape((7, 7, 2)),
            layers.Conv2DTranspose(2, 4, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
            layers.Activation("tanh"),
        ]
    )


def train(folder, *, settings=_SETTINGS, **networks):
    return training.train(
        tiny_run.recipe(folder, **settings),
        run_dir=folder / "run",
        data_dir=folder,
        with_scores=False,
        **networks,
    )


class Lost(Exception):
    """What ends a run in the middle."""


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    """A run that was interrupted after six steps."""
    folder = tmp_path_factory.mktemp("own")

    def lose(self, batch, logs=None):
        if int(self.model.steps.numpy()) >= 6 and self._ledger is not None:
            raise Lost
        self.save()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(checkpointing.Checkpoints, "on_train_batch_end", lose)
        patched.setattr(precision, "has_bfloat16", lambda: True)
        patched.setattr(precision, "speedup", lambda *_: 9.0)
        settings = _SETTINGS | {"warm_start.num_steps": 1}
        with pytest.raises(Lost):
            train(folder, settings=settings, critic=critic, generator=generator)
    assert ledgers.read(folder / "run/private/ledger.jsonl").charged_steps >= 6
    return folder


@pytest.fixture(scope="module")
def finished(lost):
    """The same run, continued by its folder alone, and never by the command."""
    files = run_files.existing(lost / "run")
    training.train(
        config_text.read(files.config),
        run_dir=files.root,
        data_dir=lost,
        with_scores=False,
    )
    return files


def test_every_check_holds_after_an_interruption(finished):
    findings = claim_check.check_run(finished.root)
    assert findings
    assert all(f.ok for f in findings), findings
    claim = json.loads((finished.release / "privacy.json").read_text())
    assert claim["num_groups"] == 3  # Two kernels, and all vectors together.
    assert claim["num_steps"] == 12
    assert 0.9 < claim["epsilon"] <= 1


def test_the_card_says_that_the_networks_are_own(finished):
    card = (finished.release / "MODEL_CARD.md").read_text()
    assert "| networks.critic_width | own |" in card
    assert "| networks.generator_width | own |" in card


def test_no_other_word_stands_for_an_own_network(finished, tmp_path):
    changed = tmp_path / "release"
    for row in ("networks.ema_decay | 0.5", "networks.critic_width | own"):
        shutil.rmtree(changed, ignore_errors=True)
        shutil.copytree(finished.release, changed)
        path = changed / "MODEL_CARD.md"
        name, _, _ = row.partition(" | ")
        word = "mine" if row.endswith("own") else "own"
        path.write_text(path.read_text().replace(row, f"{name} | {word}"))
        failed = {
            f.name for f in claim_check.check_release(changed) if not f.ok
        }
        assert "card" in failed


def test_the_released_generator_is_the_own_one(finished):
    made = sampling.load_generator(
        sampling.generator_directory(finished.release)
    )
    images = made.all_samples(5, 3).examples
    assert images.shape == (5, 28, 28, 1)
    assert np.isfinite(images).all() and np.abs(images).max() <= 1


def test_it_goes_on_with_the_precision_that_was_found(finished):
    recipe = config_text.read(finished.config)
    assert recipe.networks.precision == "bfloat16"


def test_what_is_released_computes_in_float32(finished):
    folder = sampling.generator_directory(finished.release)
    (graph,) = folder.rglob("saved_model.pb")
    read = saved_model_pb2.SavedModel.FromString(graph.read_bytes())
    shown = str(read.meta_graphs[0].graph_def)
    assert "DT_FLOAT" in shown and "BFLOAT16" not in shown


def test_the_ledger_has_the_digest_of_the_recipe_with_the_networks(finished):
    recipe = config_text.read(finished.config)
    entries = ledgers.read(finished.ledger)
    assert entries.header["config_hash"] == recipe.digest()
    own = recipe.networks
    assert own.critic_architecture and own.generator_architecture


def test_the_release_is_written_again_by_export_alone(finished):
    before = (finished.release / "MODEL_CARD.md").read_bytes()
    shutil.rmtree(finished.release)
    main.main(["export", f"--run_dir={finished.root}"])
    assert (finished.release / "MODEL_CARD.md").read_bytes() == before
    assert all(f.ok for f in claim_check.check_run(finished.root))


@pytest.mark.parametrize(
    "given",
    [
        {"critic": lambda: critic(use_bias=False), "generator": generator},
        {"critic": critic},
        {},
    ],
)
def test_other_networks_are_refused_in_one_line(finished, given):
    before = finished.ledger.read_bytes()
    settings = _SETTINGS | {"warm_start.num_steps": 1}
    with pytest.raises(errors.UserError, match="another configuration") as why:
        train(finished.root.parent, settings=settings, **given)
    assert "\n" not in str(why.value)
    assert len(str(why.value)) < 500
    assert finished.ledger.read_bytes() == before


def test_networks_that_do_not_fit_charge_nothing(tmp_path):
    def small():
        image = keras.Input((9, 9, 1))
        return keras.Model(image, layers.Dense(1)(layers.Flatten()(image)))

    with pytest.raises(errors.UserError, match=r"takes examples of \(9, 9, 1"):
        train(tmp_path, critic=small)
    assert not (tmp_path / "run").exists()


def conditional_critic():
    image, label = keras.Input((28, 28, 1)), keras.Input((), dtype="int64")
    hidden = layers.Flatten()(layers.AveragePooling2D(4)(image))
    hidden = custom_layers.Gate(units=49)(hidden)
    rows = layers.Embedding(10, 49)(label)
    joined = layers.Multiply()([hidden, rows])
    score = layers.Add()([layers.Dense(1)(hidden), layers.Dense(1)(joined)])
    return keras.Model([image, label], score)


def conditional_generator():
    latent, label = keras.Input((6,)), keras.Input((), dtype="int64")
    joined = layers.Concatenate()([latent, layers.Embedding(10, 4)(label)])
    hidden = layers.Dense(28 * 28, activation="tanh")(joined)
    return keras.Model([latent, label], layers.Reshape((28, 28, 1))(hidden))


def test_labels_and_a_layer_of_ones_own_get_a_release(tmp_path, monkeypatch):
    monkeypatch.setattr(own_layers, "_classes", {})
    isolation.register(custom_layers.Gate)
    tiny_run.write_labelled_records(tmp_path)
    settings = labelled_runs.SETTINGS | {
        "networks.conditional": False,
        "scoring.every": 0,
        "grouping": "single",
    }
    files = train(
        tmp_path,
        settings=settings,
        critic=conditional_critic,
        generator=conditional_generator,
    )
    assert all(f.ok for f in claim_check.check_run(files.root))
    made = sampling.load_generator(sampling.generator_directory(files.release))
    samples = made.all_samples(20, 0)
    np.testing.assert_array_equal(samples.labels, np.arange(20) % 10)
    monkeypatch.setattr(own_layers, "_classes", {})  # As in another program.
    shutil.rmtree(files.release)
    with pytest.raises(errors.UserError, match="isolation.register"):
        release.write_again(config_text.read(files.config), files)
