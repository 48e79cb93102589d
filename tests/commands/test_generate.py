import re
import shutil

import numpy as np
import pandas
import pytest

import dpgan_tf
from dpgan_tf import __main__ as main
from dpgan_tf import images
from dpgan_tf.release import export
from dpgan_tf.release import groups
from dpgan_tf.release import sampling
from tests import tiny_generator
from tests import tiny_table


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


def test_variety_is_a_flag_that_is_printed(run_dir, tmp_path, capsys):
    path = tmp_path / "a.npz"
    common = ["generate", f"--run_dir={run_dir}", "--seed=5"]
    assert main.main([*common, f"--output={path}", "--variety=1.5"]) == 0
    assert "--seed=5 --variety=1.5" in capsys.readouterr().out
    made = sampling.load_generator(
        run_dir / "release" / "generator" / "1"
    ).all_samples(100, 5, variety=1.5)
    np.testing.assert_array_equal(_images(path), images.to_uint8(made.examples))


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
        *(
            (["--run_dir=RUN", f"--variety={wrong}", *more], "variety=")
            for wrong in ("nan", "inf", "0", "-1", "4.1", "1e300", "much", "")
            for more in ([], ["--shards=1"])
        ),
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


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """Return a release of four classes, named and numbered from 1."""
    path = tmp_path_factory.mktemp("named")
    export.export_generator(
        tiny_generator.build_labelled(),
        path / "generator" / "1",
        latent_dim=tiny_generator.LATENT_DIM,
        num_classes=4,
        first_label=1,
    )
    (path / "classes.txt").write_text("ink\nslate\nash\nsnow\n")
    return path


def test_samples_have_the_names_and_numbers_of_their_classes(named, tmp_path):
    path = tmp_path / "made.npz"
    arguments = [f"--release_dir={named}", f"--output={path}"]
    assert main.main(["generate", *arguments, "--num_samples=9"]) == 0
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["labels"].tolist() == [1, 2, 3, 4, 1, 2, 3, 4, 1]
        assert arrays["class_names"].tolist() == ["ink", "slate", "ash", "snow"]


def test_shards_have_the_names_of_classes_too(named, tmp_path):
    arguments = [f"--release_dir={named}", f"--output={tmp_path / 'm.npz'}"]
    more = ["--num_samples=256", "--shards=2"]
    assert main.main(["generate", *arguments, *more]) == 0
    with np.load(tmp_path / "m-00001-of-00002.npz") as arrays:
        assert arrays["class_names"].tolist() == ["ink", "slate", "ash", "snow"]
        assert arrays["labels"].min() == 1


def test_the_format_may_be_given_in_place_of_a_name(
    named, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    arguments = ["generate", f"--release_dir={named}", "--num_samples=4"]
    assert main.main([*arguments, "--format=png"]) == 0
    assert (tmp_path / "samples" / "snow" / "3.png").is_file()
    assert main.main([*arguments, "--format=tfrecord"]) == 0
    assert (tmp_path / "samples.tfrecord").is_file()


def test_a_format_that_contradicts_the_name_is_refused(named, capsys):
    arguments = [f"--release_dir={named}", "--output=made.npz"]
    assert main.main(["generate", *arguments, "--format=parquet"]) == 2
    assert "--format=parquet: --output=made.npz" in capsys.readouterr().err


def test_names_of_other_classes_are_refused(named, tmp_path, capsys):
    release = tmp_path / "release"
    shutil.copytree(named, release)
    (release / "classes.txt").write_text("ink\nslate\n")
    arguments = [f"--release_dir={release}", f"--output={tmp_path / 'a.npz'}"]
    assert main.main(["generate", *arguments]) == 2
    assert "has 2 names for 4 classes" in capsys.readouterr().err


def test_records_are_written_as_a_parquet_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    export.export_generator(
        tiny_generator.build_rows(),
        tmp_path / "release" / "generator" / "1",
        latent_dim=tiny_generator.LATENT_DIM,
        largest_count=1,
    )
    (tmp_path / "release" / "columns.txt").write_text("always\nnever\n")
    arguments = ["--release_dir=release", "--num_samples=5", "--format=parquet"]
    assert main.main(["generate", *arguments]) == 0
    frame = pandas.read_parquet("samples.parquet")
    assert frame["always"].tolist() == [1] * 5
    assert frame["never"].tolist() == [0] * 5


TYPED = ["--num_samples=30", "--seed=3"]


@pytest.mark.parametrize("ending", ["csv", "parquet", "npz", "tfrecord"])
def test_typed_columns_are_written_in_every_format(tmp_path, ending):
    path = tmp_path / f"made.{ending}"
    arguments = [f"--release_dir={tiny_table.release()}", f"--output={path}"]
    assert main.main(["generate", *arguments, *TYPED]) == 0
    assert path.stat().st_size > 0
    if ending == "csv":
        assert pandas.read_csv(path)["age"].between(0, 110).all()
    if ending == "parquet":
        frame = dpgan_tf.load(tiny_table.release()).sample(30, seed=3)
        ages = pandas.read_parquet(path)["age"]
        assert ages.tolist() == frame["age"].tolist()


def test_typed_columns_are_written_in_shards(tmp_path):
    arguments = [
        f"--release_dir={tiny_table.release()}",
        *("--num_samples=256", "--seed=3"),
    ]
    whole, shards = (f"--output={tmp_path / name}.csv" for name in "wm")
    assert main.main(["generate", *arguments, whole]) == 0
    assert main.main(["generate", *arguments, shards, "--shards=2"]) == 0
    whole = (tmp_path / "w.csv").read_text("utf-8").splitlines()
    parts = [
        (tmp_path / f"m-0000{i}-of-00002.csv").read_text("utf-8").splitlines()
        for i in range(2)
    ]
    assert [whole[0], *parts[0][1:], *parts[1][1:]] == whole
    assert parts[1][0] == whole[0]


def test_rows_of_a_group_are_written(tmp_path, capsys):
    path = tmp_path / "made.csv"
    arguments = [f"--release_dir={tiny_table.release()}", f"--output={path}"]
    where = "--where=died=yes,age=20..64"
    assert main.main(["generate", *arguments, *TYPED, where]) == 0
    frame = pandas.read_csv(path)
    assert len(frame) == 30 and set(frame["died"]) == {"yes"}
    assert frame["age"].between(20, 64).all()
    assert "30 samples" in capsys.readouterr().out
    other = tmp_path / "other.csv"
    arguments[1] = f"--output={other}"
    assert main.main(["generate", *arguments, "--where=dead=yes"]) == 2
    assert "where=dead=yes: no column dead" in capsys.readouterr().err
    assert not other.exists()


def test_a_group_that_is_too_rare_leaves_no_file(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(groups, "_FIRST_TRIES", 200)
    monkeypatch.setattr(groups, "_MOST_TRIES", 1)
    path = tmp_path / "made.csv"
    arguments = [f"--release_dir={tiny_table.release()}", f"--output={path}"]
    assert main.main(["generate", *arguments, "--where=latent=0.123"]) == 2
    assert "0 of 200 samples are like that" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_formulas_are_escaped_if_asked_for(tmp_path):
    arguments = [f"--release_dir={tiny_table.release()}", *TYPED]
    for name, more in (("plain", []), ("safe", ["--escape_formulas"])):
        output = f"--output={tmp_path / name}.csv"
        assert main.main(["generate", *arguments, output, *more]) == 0
    plain, safe = (
        pandas.read_csv(tmp_path / f"{name}.csv") for name in ("plain", "safe")
    )
    column = tiny_table.SCHEMA.names[0]
    assert (plain[column] == "=1+1").any()
    assert (safe[column] == "'=1+1").equals(plain[column] == "=1+1")


def test_a_damaged_schema_is_refused(tmp_path, capsys):
    release = tmp_path / "release"
    shutil.copytree(tiny_table.release(), release)
    (release / "schema.json").write_text("{}")
    arguments = [f"--release_dir={release}", f"--output={tmp_path / 'a.csv'}"]
    assert main.main(["generate", *arguments]) == 2
    assert "schema.json: is no schema" in capsys.readouterr().err
