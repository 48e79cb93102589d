"""Released bytes follow from what is released, not from who wrote them."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import scattering
from dpgan_tf.run import assembly
from dpgan_tf.run.stages import release_contents
from dpgan_tf.run.stages import release_process
from tests import tiny_run


def _contents(folder, form, *, with_guide=False, columns=(), **changes):
    """Return contents with the same weights each time."""
    recipe = tiny_run.recipe(folder, **changes)
    rng = np.random.default_rng(0)
    generator = assembly.build_generator(recipe, form)
    guide = None
    if with_guide:
        size = scattering.num_features(form.shape)
        guide = classifier.Linear(
            kernel=rng.normal(size=[size, form.num_classes]),
            bias=rng.normal(size=[form.num_classes]),
        )
    return release_contents.Contents(
        recipe=recipe,
        form=form,
        columns=columns,
        weights=[rng.uniform(0, 1, w.shape) for w in generator.weights],
        guide=guide,
    )


def _labelled(folder):
    form = records.Form((28, 28, 1), num_classes=10)
    return _contents(folder, form, with_guide=True, networks__conditional=True)


def _rows(folder):
    form = records.Form((7,), largest=1)
    return _contents(folder, form, columns=tuple("abcdefg"))


def _written(folder, contents):
    """Return the bytes of every file of a release by its name."""
    folder.mkdir(exist_ok=True)
    release_process.write(folder, contents)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _trace(times):
    """Let TensorFlow's counter of functions go on, as reading records does."""
    for i in range(times):
        tf.function(lambda x, i=i: x + i)(tf.constant(1.0))


@pytest.mark.parametrize("make", [_labelled, _rows])
def test_the_history_of_a_process_is_in_no_byte(tmp_path, monkeypatch, make):
    contents = make(tmp_path)
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    first = _written(tmp_path / "first", contents)
    _trace(3)
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "2")
    monkeypatch.setenv("TF_DETERMINISTIC_OPS", "1")
    # A relative name, and a file there that is called like a library.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keras.py").write_text("raise RuntimeError('not I')")
    second = _written(pathlib.Path("a longer name"), contents)
    assert first.keys() == second.keys()
    assert "generator/1/fingerprint.pb" in first
    for name, content in first.items():
        assert content == second[name], name


def test_the_process_is_given_contents_and_nothing_else(tmp_path):
    contents = _labelled(tmp_path)
    content = release_contents.to_bytes(contents)
    again = release_contents.from_bytes(content)
    assert (again.recipe, again.form) == (contents.recipe, contents.form)
    assert again.columns == contents.columns
    for before, after in zip(contents.weights, again.weights, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(contents.guide.kernel, again.guide.kernel)
    assert release_contents.to_bytes(again) == content


def test_the_process_has_no_variables_of_this_one(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{}")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    made = release_process._environment()
    assert set(made) - {"HOME", "LD_LIBRARY_PATH", "PATH", "TMPDIR"} == {
        *("CUDA_VISIBLE_DEVICES", "KERAS_BACKEND", "OMP_NUM_THREADS"),
        *("PYTHONHASHSEED", "PYTHONPATH", "TF_CPP_MIN_LOG_LEVEL"),
    }


def test_a_process_that_fails_is_told_of_in_one_line(tmp_path):
    contents = _rows(tmp_path)
    new = tmp_path / "new"
    new.mkdir()
    (new / "generator").write_text("in the way")
    with pytest.raises(errors.UserError, match="could not be written") as told:
        release_process.write(new, contents)
    assert "\n" not in str(told.value)


def test_every_preset_can_be_written(tmp_path):
    """What the process builds from a configuration takes the run's weights."""
    for name in presets.names():
        recipe = presets.get(name)
        content = release_contents.to_bytes(
            release_contents.Contents(
                recipe=recipe,
                form=records.DIGITS,
                columns=(),
                weights=[],
            )
        )
        assert release_contents.from_bytes(content).recipe == recipe
