"""The stage on public records: taken again where it was lost."""

import shutil

import numpy as np
import pytest

from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.data import records
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run.stages import warm_start
from tests import tiny_run
from tests.run import plain_runs


@pytest.mark.parametrize("content", [b"", b"\n\x07not a graph"])
def test_what_can_be_made_again_does_not_stop_a_run(copy, content, capsys):
    """Neither do the newest checkpoint and TensorFlow's note of it."""
    folder, same = copy
    files = run_files.existing(folder / "run")
    shutil.rmtree(files.release)
    charged = ledgers.read(files.ledger).charged_steps
    (files.warm_start_generator / "saved_model.pb").write_bytes(content)
    for path in files.checkpoints("warm_start").glob("*/*.index"):
        path.write_bytes(content)
    newest = max(checkpoint_files.all_numbers(files.checkpoints("private")))
    damaged = files.checkpoints("private") / f"ckpt-{newest}"
    (damaged / "variables.data-00000-of-00001").write_bytes(content)
    for path in files.checkpoints("private").glob("checkpoint"):
        path.write_bytes(content)
    plain_runs.train(folder, **same)
    said = capsys.readouterr().err
    assert "the warm start begins again: " in said
    assert "saved_model.pb: damaged" in said and "written again: " in said
    assert f"{damaged}: damaged" in said
    assert sampling.load_generator(files.warm_start_generator)
    assert all(f.ok for f in claim_check.check_run(files.root))
    assert ledgers.read(files.ledger).charged_steps == charged


@pytest.mark.parametrize(
    "damage", [shutil.rmtree, lambda path: (path / "saved_model.pb").unlink()]
)
def test_a_warm_start_generator_that_is_lost_is_made_again(copy, damage):
    folder, same = copy
    files = run_files.existing(folder / "run")
    shutil.rmtree(files.release)
    damage(files.warm_start_generator)
    plain_runs.train(folder, **same)
    assert sampling.load_generator(files.warm_start_generator)


@pytest.fixture
def untrained(tmp_path):
    """Arguments of a stage of no steps, which needs no public records."""
    recipe = tiny_run.recipe(tmp_path, warm_start__num_steps=0)
    (tmp_path / "run").mkdir()
    files = run_files.enter(tmp_path / "run", config_json=recipe.to_json())
    form = records.Form((28, 28, 1))
    networks = assembly.build_networks(recipe, form)
    return recipe, files, form, None, *networks


def test_without_steps_there_is_no_generator_that_could_be_scored(untrained):
    files, generator = untrained[1], untrained[-1]
    before = generator.get_weights()
    warm_start.train(*untrained, num_generator_steps=0)
    assert not files.warm_start_generator.exists()
    for kept, weight in zip(before, generator.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, weight)


def test_the_generator_is_written_as_it_was_trained(untrained):
    _, files, _, _, _, generator = untrained
    before = generator.get_weights()
    assert not warm_start.has_generator(files)
    warm_start.train(*untrained, num_generator_steps=1)
    for kept, weight in zip(before, generator.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, weight)
    made = sampling.load_generator(files.warm_start_generator)
    latent = np.ones([2, 4], np.float32)
    expected = generator(latent, training=False)
    np.testing.assert_allclose(
        made._generate(latent=latent)["images"], expected, atol=1e-5
    )


def test_a_generator_that_is_whole_is_not_written_again(untrained, capsys):
    _, files, *_ = untrained
    warm_start.train(*untrained, num_generator_steps=1)
    graph = files.warm_start_generator / "saved_model.pb"
    before = graph.stat().st_mtime_ns
    warm_start.train(*untrained, num_generator_steps=1)
    assert graph.stat().st_mtime_ns == before
    assert warm_start.has_generator(files)
    assert "written again" not in capsys.readouterr().err
    graph.write_bytes(b"")
    assert not warm_start.has_generator(files)
    assert "written again: " in capsys.readouterr().err


def test_the_generator_is_written_with_its_range_of_pixels(untrained):
    _, files, _, _, _, generator = untrained
    grey = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))
    warm_start.train(*untrained, num_generator_steps=1, pixels=grey)
    made = sampling.load_generator(files.warm_start_generator)
    latent = np.ones([2, 4], np.float32)
    expected = generator(latent, training=False) / 2
    np.testing.assert_allclose(
        made._generate(latent=latent)["images"], expected, atol=1e-5
    )
