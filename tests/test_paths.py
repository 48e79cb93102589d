"""Folders whose names libraries could read as something else."""

import ast
import os
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf
from array_record.python import array_record_module

import dpgan_tf
from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf import paths
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import text as config_text
from dpgan_tf.data import datasets
from dpgan_tf.data import sources
from dpgan_tf.data import tfds_store
from dpgan_tf.data.pictures import example_files
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from dpgan_tf.report import curves
from dpgan_tf.run import fitting
from dpgan_tf.run import training
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.callbacks import score_curve
from dpgan_tf.run.callbacks import tensorboard_logs
from dpgan_tf.run.stages import release as run_release
from tests import tiny_generator
from tests import tiny_run
from tests.faults import scenarios
from tests.models import tiny

NAMES = (
    "a[1]",
    "a*b",
    "a?b",
    "{x,y}",
    "a\\b",
    "[!a]",
    "a b",
    "Übung 画像",
    "two\nlines",
    "-dash",
    "50%d %s",
    "~root",
    "a:b",
    "\x1b[31mred",
    "$HOME `ls` 'q' \"q\" #&;|",
    os.fsdecode(b"\xff\xfe"),
)
_SOME_NAMES = ("a[1]", "a*b", "[!a]", "\x1b[31mred", "two\nlines")
EVERYTHING = "a[1] *?{x,y}\\b\n%s -Ü" + os.fsdecode(b"\xff")
_PACKAGE = pathlib.Path(dpgan_tf.__file__).parent


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    path = tmp_path_factory.mktemp("generator") / "1"
    export.export_generator(
        tiny_generator.build(), path, latent_dim=tiny_generator.LATENT_DIM
    )
    return path


@pytest.fixture(scope="module")
def model():
    return tiny.private_gan()


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_folder_of_any_name_is_read_and_written(name, tmp_path):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "here").write_text("1")
    with paths.literal(folder) as plain:
        assert paths.is_plain(plain)
        assert os.listdir(plain) == ["here"]
        assert tf.io.gfile.glob(f"{plain}/he*") == [f"{plain}/here"]
        with tf.io.gfile.GFile(f"{plain}/written", "w") as file:
            file.write("2")
    assert (folder / "written").read_text() == "2"


def test_a_plain_name_stays_what_it_is(tmp_path):
    folder = tmp_path / "runs-1" / "mnist_quick.v2"
    folder.mkdir(parents=True)
    with paths.literal(folder) as plain:
        assert plain == str(folder)


def test_a_name_is_judged_by_all_of_its_path(tmp_path, monkeypatch):
    (tmp_path / "a[1]" / "run").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a[1]")
    with paths.literal("run") as plain:
        assert plain != "run" and os.path.samefile(plain, "run")


def test_no_folder_stays_open(tmp_path):
    folder = tmp_path / "a[1]"
    folder.mkdir()
    before = os.listdir("/proc/self/fd")
    with pytest.raises(ZeroDivisionError), paths.literal(folder):
        raise ZeroDivisionError
    assert os.listdir("/proc/self/fd") == before


def test_a_system_without_other_names_refuses_before_it_begins(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "_OPEN_FOLDERS", str(tmp_path / "none"))
    with pytest.raises(errors.UserError, match="as a pattern; use only"):
        run_files.make_root(tmp_path / "a[1]")
    assert os.listdir(tmp_path) == []
    run_files.make_root(tmp_path / "plain")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_checkpoint_is_found_again_in_a_folder_of_any_name(
    name, tmp_path, model
):
    model.steps.assign(6)
    checkpointing.Checkpoints(tmp_path / name, every=1).restore(model)
    checkpoints = checkpointing.Checkpoints(tmp_path / name, every=1)
    assert checkpoints.restore(model) == 0
    checkpoints.save()
    model.steps.assign(0)
    again = checkpointing.Checkpoints(tmp_path / name, every=1)
    assert again.restore(model) == 6


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_generator_is_loaded_from_a_folder_of_any_name(
    name, tmp_path, generator
):
    shutil.copytree(generator, tmp_path / name / "1")
    loaded = sampling.load_generator(tmp_path / name / "1")
    assert loaded.example_shape == tiny_generator.IMAGE_SHAPE


def test_a_generator_is_exported_to_a_folder_of_any_name(tmp_path, generator):
    target = tmp_path / EVERYTHING / "1"
    export.export_generator(
        tiny_generator.build(), target, latent_dim=tiny_generator.LATENT_DIM
    )
    for loaded in map(sampling.load_generator, (target, generator)):
        assert loaded.all_samples(3, 7).examples.shape == (3, 4, 4, 1)
    assert os.listdir(target.parent) == ["1"]
    _require_no_other_name_inside(target)


def _require_no_other_name_inside(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"/proc/self" not in path.read_bytes(), path


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_curves_are_read_from_a_folder_of_any_name(name, tmp_path):
    logs = tensorboard_logs.TensorBoardLogs(
        tmp_path / name, every=1, picture_every=100
    )
    with logs._writer.as_default(step=3):
        logs._write_scalars({"loss": 2.0})
    logs.close(is_clean=True)
    assert curves.read(tmp_path / name)["public/loss"] == [(3, 2.0)]
    scores = score_curve.ScoreCurve(tmp_path / name, scorer=None, every=1)
    scores.close(is_clean=True)


@pytest.mark.parametrize("name", _SOME_NAMES, ids=ascii)
def test_shards_of_any_name_are_gone_on_with_and_replaced(
    name, tmp_path, generator, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(generator, tmp_path / "release/generator/1")
    output = pathlib.Path(f"{name}.npz")

    def generate(*flags):
        return main.main(
            [
                "generate",
                "--release_dir=release",
                "--num_samples=300",
                "--shards=2",
                f"--output={output}",
                *flags,
            ]
        )

    def shards():
        return sorted(p for p in os.listdir() if "-of-" in p)

    assert generate("--seed=1") == 0
    first, second = shards()
    with np.load(first) as arrays:
        assert len(arrays["images"]) == 128
    assert generate("--seed=1") == 2
    assert generate("--seed=2") == 2
    os.unlink(second)
    assert generate("--seed=1") == 0
    assert shards() == [first, second]
    assert generate("--seed=2", "--overwrite", "--shards=3") == 0
    assert len(shards()) == 3


@pytest.mark.parametrize(
    "name", ["x.array_record[0:2]", "[1]*.array_record", "?.tfrecord"]
)
def test_every_record_of_a_file_of_any_name_is_read(name, tmp_path):
    path = tmp_path / EVERYTHING / name
    path.parent.mkdir()
    if "array" in name:
        writer = array_record_module.ArrayRecordWriter(os.fsencode(path), "")
    else:
        writer = tf.io.TFRecordWriter(os.fsencode(path))
    wanted = [str(i).encode() for i in range(130)]
    for content in wanted:
        writer.write(content)
    writer.close()
    assert list(example_files._contents(path)) == wanted


def test_pictures_are_prepared_in_a_folder_of_any_name(tmp_path):
    source = tmp_path / EVERYTHING / "source"
    source.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for i in range(12):
        images.save_png(
            rng.integers(0, 256, (9, 9, 3), dtype=np.uint8),
            source / f"{i}.png",
        )
    data_dir = tmp_path / EVERYTHING / "data"
    status = main.main(
        [
            "prepare-data",
            "--dataset=folder",
            f"--source={source}",
            "--size=8",
            f"--data_dir={data_dir}",
            "--processes=1",
        ]
    )
    assert status == 0
    (made,) = data_dir.iterdir()
    dataset = sources.load(str(made), data_dir=data_dir)
    total = len(dataset.train_images) + len(dataset.test_images)
    assert total == 12
    assert dataset.train_images[:2].shape == (2, 8, 8, 3)
    assert picture_folder.description_of(made)["size"] == 8
    _require_no_other_name_inside(data_dir)


def test_a_named_data_set_is_stored_in_a_folder_of_any_name(tmp_path):
    data_dir = tmp_path / EVERYTHING
    rng = np.random.default_rng(0)
    numbers = np.arange(10)
    made = datasets.ImageDataset(
        name="mnist",
        train_images=rng.integers(0, 256, (10, 28, 28, 1), dtype=np.uint8),
        train_labels=numbers,
        test_images=rng.integers(0, 256, (10, 28, 28, 1), dtype=np.uint8),
        test_labels=numbers,
        origin="a test",
        num_classes=10,
    )
    tfds_store.write(made, data_dir=data_dir)
    read = tfds_store.read("mnist", data_dir=data_dir)
    np.testing.assert_array_equal(read.train_images, made.train_images)
    _require_no_other_name_inside(data_dir)


def test_patients_are_prepared_in_a_folder_of_any_name(tmp_path):
    root = tmp_path / EVERYTHING
    scenario = scenarios.QUICK["table"]
    scenario.prepare(root)
    assert scenario.run(root) == 0
    assert not scenario.check(root)


def test_a_run_of_any_name_is_begun_gone_on_with_and_released(
    tmp_path, monkeypatch
):
    folder = tmp_path / EVERYTHING
    folder.mkdir()
    recipe = tiny_run.recipe(
        folder,
        data__source=str(tiny_run.write_records(tmp_path)),
        steps__num_steps=4,
        warm_start__num_steps=0,
    )

    def train():
        return training.train(
            recipe, run_dir=folder / "run", data_dir=folder, with_scores=False
        )

    with monkeypatch.context() as patched:
        fit = fitting.fit

        def stop(model, batches, num_rounds, beside):
            fit(model, batches, 1, beside)
            if hasattr(model, "permit"):
                raise KeyboardInterrupt

        patched.setattr(fitting, "fit", stop)
        with pytest.raises(KeyboardInterrupt):
            train()
    files = train()
    assert all(f.ok for f in claim_check.check_run(files.root))
    shutil.rmtree(files.release)
    run_release.write_again(config_text.read(files.config), files)
    assert all(f.ok for f in claim_check.check_run(files.root))


def _calls():
    """Yield module, name and arguments of every call in the package."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        module = path.relative_to(_PACKAGE).with_suffix("").as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield module, ast.unparse(node.func), node


def test_no_pattern_is_made_of_a_path():
    for module, name, node in _calls():
        last = name.rpartition(".")[2]
        assert not name.startswith(("glob.", "fnmatch.")), module
        if last in ("glob", "rglob", "match"):
            made = [a for a in node.args if isinstance(a, ast.JoinedStr)]
            assert not made, f"{module}: {ast.unparse(node)}"


def test_tensorflow_gets_paths_in_few_places():
    """Each of them takes its path from `paths.literal`."""
    allowed = {
        "tf.saved_model.load": {"release/sampling"},
        "tf.saved_model.save": {"release/export"},
        "tf.summary.create_file_writer": {"run/callbacks/event_files"},
        "tf.train.load_checkpoint": {"run/checkpoint_files"},
        "tf.train.Checkpoint": {"run/checkpoint_files"},
        "tfds.builder": {
            "data/known/digits",
            "data/known/paper_pictures",
            "data/tfds_store",
        },
        "tfds.builder_from_directory": {"data/pictures/stored"},
    }
    refused = ("tf.io.gfile", "tf.train.CheckpointManager")
    for module, name, _ in _calls():
        assert not name.startswith(refused), f"{module}: {name}"
        if name in allowed:
            assert module in allowed[name], f"{module}: {name}"
            text = (_PACKAGE / f"{module}.py").read_text()
            assert "paths.literal(" in text, module
