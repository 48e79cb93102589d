"""Released bytes follow from what is released, not from who wrote them."""

import pathlib

import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.run.stages import release_process
from tests import release_server
from tests.run.stages import example_contents


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


_CONTENTS = (
    example_contents.labelled,
    example_contents.rows,
    pytest.param(example_contents.typed, marks=pytest.mark.slow),
)


@pytest.mark.parametrize("make", _CONTENTS)
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


def test_the_process_has_no_variables_of_this_one(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{}")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    made = release_process._environment()
    assert set(made) - {"HOME", "LD_LIBRARY_PATH", "PATH", "TMPDIR"} == {
        *("CUDA_VISIBLE_DEVICES", "KERAS_BACKEND", "OMP_NUM_THREADS"),
        *("PYTHONHASHSEED", "PYTHONPATH", "TF_CPP_MIN_LOG_LEVEL"),
    }


def test_a_process_that_fails_is_told_of_in_one_line(tmp_path):
    contents = example_contents.rows(tmp_path)
    new = tmp_path / "new"
    new.mkdir()
    (new / "generator").write_text("in the way")
    with pytest.raises(errors.UserError, match="could not be written") as told:
        release_process.write(new, contents)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("make", _CONTENTS)
def test_other_tests_have_the_bytes_of_this_process(
    tmp_path, monkeypatch, make
):
    """Their releases are written by forks of one that has only begun."""
    contents = make(tmp_path)
    first = _written(tmp_path / "first", contents)
    monkeypatch.setattr(release_process, "_run", release_server.run)
    assert _written(tmp_path / "second", contents) == first
    assert _written(tmp_path / "third", contents) == first
