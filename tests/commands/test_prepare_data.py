"""prepare-data says what it found, and fails with one line."""

import numpy as np
import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import prepare_data
from tests.data import files


def _run(*arguments):
    flag_values = flags.FlagValues()
    prepare_data.define_flags(flag_values)
    flag_values(["prepare-data", *arguments])
    prepare_data.run(flag_values)


def test_a_folder_is_described(tmp_path, capsys):
    folder = files.write_idx_folder(tmp_path / "own")
    _run(f"--dataset={folder}")
    assert capsys.readouterr().out.splitlines() == [
        f"own, from IDX files in {folder}",
        "  training  20 images of 4x3x1 (uint8) with labels",
        "  test      5 images of 4x3x1 (uint8) with labels",
    ]


def test_a_file_without_labels_and_test_part_is_described(tmp_path, capsys):
    path = tmp_path / "own.npz"
    np.savez(path, images=np.zeros((1234, 2, 2, 3)))
    _run(f"--dataset={path}")
    assert capsys.readouterr().out.splitlines() == [
        f"own, from file {path}",
        "  training  1,234 images of 2x2x3 (float32) without labels",
        "  test      none",
    ]


def test_mnist_in_data_is_the_default():
    flag_values = flags.FlagValues()
    prepare_data.define_flags(flag_values)
    flag_values(["prepare-data"])
    assert (flag_values.dataset, flag_values.data_dir) == ("mnist", "data")


def test_a_missing_data_set_is_an_error_of_the_user(tmp_path):
    with pytest.raises(errors.UserError, match="--dataset=nothing"):
        _run("--dataset=nothing", f"--data_dir={tmp_path}")
