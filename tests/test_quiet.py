"""Imports are silent when they work, and not when they fail."""

import importlib
import subprocess
import sys

import pytest

from dpgan_tf import quiet

NOISY = "import os\nos.write(2, b'oneDNN operations are on\\n')\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setattr(quiet, "_IS_VERBOSE", False)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        return name

    return write


def test_what_libraries_print_while_they_load_is_held_back(module, capfd):
    quiet.import_module(module("noisy_library", NOISY))
    assert capfd.readouterr().err == ""


def test_what_libraries_print_is_shown_when_they_fail(module, capfd):
    name = module("broken_library", NOISY + "raise ImportError('broken')\n")
    with pytest.raises(ImportError, match="broken"):
        quiet.import_module(name)
    assert "oneDNN operations are on" in capfd.readouterr().err


def test_who_sets_log_level_0_sees_everything(module, capfd, monkeypatch):
    monkeypatch.setattr(quiet, "_IS_VERBOSE", True)
    quiet.import_module(module("chatty_library", NOISY))
    assert "oneDNN operations are on" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("level", "is_verbose"),
    [(None, False), ("", False), ("1", False), ("2", False), ("3", False)]
    + [("0", True)],
)
def test_only_level_0_asks_for_everything(monkeypatch, level, is_verbose):
    """Many shells set 2, which still lets errors of missing GPUs through."""
    if level is None:
        monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    else:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", level)
    try:
        assert importlib.reload(quiet)._IS_VERBOSE is is_verbose
    finally:
        monkeypatch.undo()
        importlib.reload(quiet)


def test_ctrl_c_while_a_library_loads_shows_none_of_its_noise(module, capfd):
    name = module("slow_library", NOISY + "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        quiet.import_module(name)
    assert capfd.readouterr().err == ""


def test_tensorflow_prints_no_messages_into_a_notebook():
    """TensorFlow takes a process with `sys.ps1` for an interactive one."""
    code = (
        "import sys; sys.ps1 = '> '\n"
        "from dpgan_tf import quiet\n"
        "tf = quiet.import_module('tensorflow')\n"
        "tf.get_logger().info('Assets written to: private/')\n"
        "print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "done\n"
