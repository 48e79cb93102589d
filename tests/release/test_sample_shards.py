"""Samples in several files: together they are those of one file."""

import itertools
import json

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.release import export
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_shards
from tests import tiny_generator

NUM = 1000


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    export.export_generator(
        tiny_generator.build(),
        path / "release" / "generator" / "1",
        latent_dim=tiny_generator.LATENT_DIM,
    )
    return path


def generate(run_dir, output, *arguments):
    return main.main(
        [
            "generate",
            f"--run_dir={run_dir}",
            f"--num_samples={NUM}",
            f"--output={output}",
            *arguments,
        ]
    )


@pytest.mark.parametrize(
    "name", ["s-00001-of-00002.npz", "s.npz.shards.done", "s.npz.shards.json"]
)
def test_a_folder_in_the_place_of_a_file_is_named_before_any(
    run_dir, tmp_path, capsys, name
):
    (tmp_path / name).mkdir()
    assert generate(run_dir, tmp_path / "s.npz", "--shards=2") == 2
    said = capsys.readouterr().err
    assert f"{name}: is" in said and "folder" in said
    assert [path.name for path in tmp_path.iterdir()] == [name]


def images_of(path):
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["images"]


def shards_of(output):
    names = f"{output.stem}-*-of-*{output.suffix}"
    return sorted(output.parent.glob(names))


@pytest.mark.parametrize(
    ("num_samples", "num_shards"), [(1, 1), (128, 1), (1000, 3), (1025, 9)]
)
def test_shards_cover_every_sample_once(num_samples, num_shards):
    plan = sample_shards.Plan(
        num_samples=num_samples, num_shards=num_shards, seed=0, generator=""
    )
    bounds = [plan.bounds(i) for i in range(num_shards)]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == num_samples
    for (_, end), (first, _) in itertools.pairwise(bounds):
        assert end == first
        assert first % 128 == 0
    assert all(first < end for first, end in bounds)


def test_shards_together_are_one_file(run_dir, tmp_path):
    whole, parts = tmp_path / "whole.npz", tmp_path / "parts.npz"
    assert generate(run_dir, whole, "--seed=3") == 0
    assert generate(run_dir, parts, "--seed=3", "--shards=3") == 0
    names = [path.name for path in shards_of(parts)]
    assert names == [f"parts-{i:05}-of-00003.npz" for i in range(3)]
    together = np.concatenate([images_of(path) for path in shards_of(parts)])
    np.testing.assert_array_equal(together, images_of(whole))


def test_shards_of_another_variety_are_other_samples(run_dir, tmp_path, capsys):
    whole, parts = tmp_path / "whole.npz", tmp_path / "parts.npz"
    asked = ("--seed=3", "--variety=1.5")
    assert generate(run_dir, whole, *asked) == 0
    assert generate(run_dir, parts, *asked, "--shards=3") == 0
    together = np.concatenate([images_of(path) for path in shards_of(parts)])
    np.testing.assert_array_equal(together, images_of(whole))
    capsys.readouterr()
    for other in ([], ["--variety=2"]):
        assert generate(run_dir, parts, "--seed=3", "--shards=3", *other) == 2
        assert "is a shard of other samples" in capsys.readouterr().err


@pytest.mark.parametrize("variety", ["0", "5", "-1", "null", '"1"', "1e999"])
def test_a_plan_of_an_impossible_variety_is_damaged(tmp_path, variety):
    path = tmp_path / "s.npz.shards.json"
    path.write_text(
        '{"num_samples": 200, "num_shards": 1, "seed": 0, '
        f'"generator": "{"a" * 64}", "variety": {variety}}}'
    )
    with pytest.raises(errors.UserError, match="shards.json: is damaged"):
        sample_shards.begun_seed(tmp_path / "s.npz")


def test_tfrecord_shards_hold_pictures_that_prepare_data_reads(
    run_dir, tmp_path
):
    output = tmp_path / "many" / "digits.tfrecord"
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 0
    assert generate(run_dir, tmp_path / "whole.npz", "--seed=3") == 0
    files = list(map(str, shards_of(output)))
    found = [
        tf.io.decode_png(
            tf.train.Example.FromString(content)
            .features.feature["image"]
            .bytes_list.value[0]
        ).numpy()
        for content in tf.data.TFRecordDataset(files).as_numpy_iterator()
    ]
    np.testing.assert_array_equal(found, images_of(tmp_path / "whole.npz"))


def test_an_interrupted_command_goes_on_with_its_seed(
    run_dir, tmp_path, monkeypatch
):
    output = tmp_path / "parts.npz"
    original = sample_files.write
    calls = []

    def interrupted(batches, path, **settings):
        calls.append(path)
        if len(calls) == 2:
            raise KeyboardInterrupt
        original(batches, path, **settings)

    monkeypatch.setattr(sample_files, "write", interrupted)
    assert generate(run_dir, output, "--shards=3") == 130
    assert len(shards_of(output)) == 1
    assert generate(run_dir, output, "--shards=3") == 0
    assert len(calls) == 2 + 2  # The first shard is not made again.
    seed = sample_shards.begun_seed(output)
    whole = tmp_path / "whole.npz"
    assert generate(run_dir, whole, f"--seed={seed}") == 0
    together = np.concatenate([images_of(path) for path in shards_of(output)])
    np.testing.assert_array_equal(together, images_of(whole))


def test_shards_that_overwrite_go_on_too(run_dir, tmp_path):
    output = tmp_path / "parts.npz"
    assert generate(run_dir, output, "--seed=1", "--shards=2") == 0
    before = shards_of(output)[0].stat()
    again = ["--shards=2", "--overwrite"]
    assert generate(run_dir, output, *again) == 0
    assert shards_of(output)[0].stat().st_mtime_ns > before.st_mtime_ns
    seed = sample_shards.begun_seed(output)
    assert seed != 1
    kept, lost = shards_of(output)
    before = kept.stat()
    lost.unlink()
    assert generate(run_dir, output, *again) == 0
    assert sample_shards.begun_seed(output) == seed and lost.exists()
    assert kept.stat() == before


def test_finished_or_other_shards_are_not_overwritten(
    run_dir, tmp_path, capsys
):
    output = tmp_path / "parts.npz"
    assert generate(run_dir, output, "--seed=1", "--shards=2") == 0
    before = [path.read_bytes() for path in shards_of(output)]
    assert generate(run_dir, output, "--seed=1", "--shards=2") == 2
    assert "all 2 shards are there" in capsys.readouterr().err
    for arguments in (["--seed=2", "--shards=2"], ["--seed=1", "--shards=3"]):
        assert generate(run_dir, output, *arguments) == 2
        assert "is a shard of other samples" in capsys.readouterr().err
    assert [path.read_bytes() for path in shards_of(output)] == before
    again = ["--seed=2", "--shards=3", "--overwrite"]
    assert generate(run_dir, output, *again) == 0
    assert len(shards_of(output)) == 3


def test_shards_of_another_generator_are_refused(run_dir, tmp_path, capsys):
    output = tmp_path / "parts.npz"
    assert generate(run_dir, output, "--seed=1", "--shards=2") == 0
    shards_of(output)[0].unlink()
    other = tmp_path / "run"
    export.export_generator(
        tiny_generator.build(),
        other / "release" / "generator" / "1",
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=0,
    )
    variables = other / "release/generator/1/variables"
    digest = sample_shards.generator_digest(variables.parent)
    if digest == sample_shards.generator_digest(
        run_dir / "release/generator/1"
    ):
        pytest.fail("both generators are the same")
    assert generate(other, output, "--seed=1", "--shards=2") == 2
    assert "other samples" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "shards", "message"),
    [
        ("pictures", 2, "with --shards"),
        ("parts.npz", 9, "at most 8"),
    ],
)
def test_shards_that_cannot_be_are_refused(
    run_dir, tmp_path, capsys, output, shards, message
):
    assert generate(run_dir, tmp_path / output, f"--shards={shards}") == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def _damage_empty(path):
    path.write_bytes(b"")


def _damage_cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def _damage_flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _damage_zero(path):
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("suffix", [".npz", ".tfrecord"])
@pytest.mark.parametrize(
    "damage", [_damage_empty, _damage_cut, _damage_flip, _damage_zero]
)
def test_a_damaged_shard_is_made_again(run_dir, tmp_path, suffix, damage):
    output = tmp_path / f"parts{suffix}"
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 0
    wanted = [path.read_bytes() for path in shards_of(output)]
    kept, damaged = shards_of(output)
    before = kept.stat()
    damage(damaged)
    assert sample_shards.is_unfinished(output)
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 0
    assert [path.read_bytes() for path in shards_of(output)] == wanted
    assert kept.stat() == before
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 2


@pytest.mark.parametrize("content", [b"", b"\n00000 12", b"\xff\n" * 9])
def test_shards_that_are_not_noted_as_finished_are_made_again(
    run_dir, tmp_path, content
):
    output = tmp_path / "parts.npz"
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 0
    wanted = [path.read_bytes() for path in shards_of(output)]
    (tmp_path / "parts.npz.shards.done").write_bytes(content)
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 0
    assert [path.read_bytes() for path in shards_of(output)] == wanted
    assert not sample_shards.is_unfinished(output)


def test_killed_calls_leave_nothing_for_ever(run_dir, tmp_path):
    output = tmp_path / "parts.npz"
    for name in (".dpgan-aaaaaaaa", ".dpgan-0_9zzzzz"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "written").write_bytes(b"half")
    (tmp_path / ".git").mkdir()
    assert generate(run_dir, output, "--seed=3", "--shards=2") == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        ".git",
        "parts.npz.shards.done",
        "parts.npz.shards.json",
        *(path.name for path in shards_of(output)),
    }


_PLAN = {"num_samples": NUM, "num_shards": 2, "seed": 3, "generator": "a"}


_DAMAGED_PLANS = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"3",
    b"{}",
    b"[" * 100_000,
    *(
        json.dumps(_PLAN | changes).encode()
        for changes in (
            {"seed": None},
            {"seed": "3"},
            {"seed": -1},
            {"seed": 2**63},
            {"seed": True},
            {"num_shards": 0},
            {"num_shards": 2.0},
            {"num_shards": "2"},
            {"num_shards": 10**9},
            {"num_shards": 9},
            {"num_samples": []},
            {"num_samples": 0},
            {"generator": {}},
        )
    ),
]


@pytest.mark.parametrize("number", range(len(_DAMAGED_PLANS)))
def test_a_damaged_plan_is_one_clear_line(run_dir, tmp_path, capsys, number):
    output = tmp_path / "parts.npz"
    plan = tmp_path / "parts.npz.shards.json"
    plan.write_bytes(_DAMAGED_PLANS[number])
    flags = [[], ["--overwrite"], ["--seed=3"]][number % 3]
    assert generate(run_dir, output, "--shards=2", *flags) == 2
    said = capsys.readouterr().err
    assert "parts.npz.shards.json: is damaged" in said
    assert "remove it and its shards" in said
    assert len(said.strip().splitlines()) == 1
    assert len(list(tmp_path.iterdir())) == 1
