import re

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.release import export
from tests import tiny_generator


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    export.export_generator(
        tiny_generator.build(),
        path / "release" / "generator" / "1",
        latent_dim=tiny_generator.LATENT_DIM,
    )
    return path


def _images(path):
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["images"]


@pytest.mark.parametrize("command", ["generate", "evaluate"])
@pytest.mark.parametrize("number", [10**30, 2**63, 2**40 + 1, -(10**30)])
def test_a_number_of_samples_beyond_any_disk_is_refused(
    run_dir, command, number, capsys
):
    arguments = [f"--run_dir={run_dir}", f"--num_samples={number}"]
    assert main.main([command, *arguments]) == 2
    assert f"--num_samples={number}" in capsys.readouterr().err


def test_a_seed_repeats_and_a_smaller_number_is_a_prefix(
    run_dir, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    common = [f"--run_dir={run_dir}", "--seed=5"]
    for name, number in (("a", 200), ("b", 200), ("c", 131)):
        arguments = [f"--num_samples={number}", f"--output={name}.npz"]
        assert main.main(["generate", *common, *arguments]) == 0
    first, second, fewer = (_images(f"{name}.npz") for name in "abc")
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[:131], fewer)


def test_a_fresh_seed_is_printed_and_repeats_the_images(
    run_dir, tmp_path, capsys
):
    release = f"--release_dir={run_dir / 'release'}"
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    assert main.main(["generate", release, f"--output={first}"]) == 0
    seed = re.search(r"--seed=\d+", capsys.readouterr().out)[0]
    assert main.main(["generate", release, seed, f"--output={second}"]) == 0
    np.testing.assert_array_equal(_images(first), _images(second))
    assert _images(first).shape == (100, 4, 4, 1)


def test_png_files_are_written_into_a_folder(run_dir, tmp_path):
    output = tmp_path / "pictures"
    arguments = [
        f"--run_dir={run_dir}",
        "--num_samples=3",
        f"--output={output}",
    ]
    assert main.main(["generate", *arguments]) == 0
    assert len(list(output.glob("*.png"))) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--run_dir"),
        (["--run_dir=no/such"], "no/such"),
        (["--run_dir=RUN", "--release_dir=RUN"], "one of"),
        (["--run_dir=RUN", "--num_samples=0"], "num_samples"),
        (["--run_dir=RUN", "--seed=-1"], "seed"),
        (["--run_dir=RUN", "--output=x.gif"], "x.gif"),
        (["--run_dir=RUN", "--num_sample=1"], "num_samples"),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    run_dir, tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    arguments = [text.replace("RUN", str(run_dir)) for text in arguments]
    assert main.main(["generate", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("dpgan: error: ") and error.count("\n") == 1
    assert message in error
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_is_kept(run_dir, tmp_path, capsys):
    output = tmp_path / "samples.npz"
    output.write_bytes(b"mine")
    arguments = ["generate", f"--run_dir={run_dir}", f"--output={output}"]
    assert main.main(arguments) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert output.read_bytes() == b"mine"
    assert main.main([*arguments, "--overwrite"]) == 0
    assert len(_images(output)) == 100


@pytest.mark.parametrize(
    "name", ["a\x1b[2J.npz", "a\nDone.npz", "a\u202eb.npz", "a\r.npz"]
)
@pytest.mark.parametrize("more", [[], ["--shards=1"]])
def test_a_path_is_printed_without_what_a_terminal_obeys(
    run_dir, tmp_path, capsys, name, more
):
    arguments = [f"--run_dir={run_dir}", f"--output={tmp_path / name}", *more]
    assert main.main(["generate", *arguments]) == 0
    output = capsys.readouterr().out
    assert len(output.splitlines()) == 1
    assert output.rstrip("\n").isprintable()
