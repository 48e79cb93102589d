"""A data set is added by one file, and every way in takes it."""

import sys

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.data import known
from dpgan_tf.data import registry
from dpgan_tf.data import sources
from dpgan_tf.run import places as run_places
from dpgan_tf.run import training
from tests import tiny_run

# All that a new data set needs, in the words of a file of `data/known`.
SHADES = '''
"""Images of even shades."""

import pathlib

import numpy as np
from absl import flags

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.data import datasets
from dpgan_tf.data import registry

NAME = "shades"


def prepare(name, *, data_dir, darkest, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(darkest, 256, [300, 1, 1, 1], np.uint8)
    np.save(pathlib.Path(data_dir) / "shades.npy", values)
    return registry.Prepared(name, [f"  {len(values)} shades from {darkest}"])


def load(dataset, *, data_dir):
    path = pathlib.Path(data_dir) / "shades.npy"
    if not path.exists():
        raise errors.DatasetError(f"{path}: is not there; run prepare-data.")
    values = np.load(path)
    return datasets.ImageDataset(
        name=NAME,
        train_images=values.repeat(28, axis=1).repeat(28, axis=2),
        train_labels=(values > 127).astype(np.int64).ravel(),
        num_classes=2,
    )


SOURCES = (
    registry.Source(
        name=NAME,
        names={NAME: ""},
        load=load,
        prepare=prepare,
        options=(
            registry.Option(
                "darkest",
                flags.DEFINE_integer,
                0,
                "the least shade.",
                {"lower_bound": 0, "upper_bound": 255},
            ),
            registry.SEED,
        ),
        hint=lambda path, names: (
            "is a shade; give --dataset=shades." * path.match("*.shade")
        ),
    ),
)
'''


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Put the file where a source is looked for; return the data folder."""
    folder = tmp_path / "known"
    folder.mkdir()
    (folder / "shades.py").write_text(SHADES)
    monkeypatch.setattr(known, "__path__", [*known.__path__, str(folder)])
    registry.every.cache_clear()
    yield tmp_path
    registry.every.cache_clear()
    sys.modules.pop(f"{known.__name__}.shades", None)


def prepare(data_dir, *arguments):
    place = f"--data_dir={data_dir}"
    return main.main(["prepare-data", "--dataset=shades", place, *arguments])


def test_it_is_prepared_described_and_loaded(added, capsys):
    assert prepare(added, "--darkest=100", "--seed=1") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "  300 shades from 100"
    assert "300 images of 28x28x1 (uint8) with labels" in printed[2]
    dataset = sources.load("shades", data_dir=added)
    assert dataset.train_images.min() >= 100
    assert dataset.form.num_classes == 2


def test_options_that_are_not_given_have_their_defaults(added):
    made = sources.prepare("shades", data_dir=added, seed=2)
    assert made == ("shades", ["  300 shades from 0"], "")


def test_it_is_trained_on_with_the_split_of_every_data_set(added):
    prepare(added)
    recipe = tiny_run.recipe(added, data__source="shades")
    files = training.train(
        recipe, run_dir=added / "run", data_dir=added, with_scores=False
    )
    assert files.release.is_dir()
    assert run_places.find(files, "shades").dataset == "shades"
    few = tiny_run.recipe(
        added, data__source="shades", data__num_private_examples=99
    )
    with pytest.raises(
        errors.ConfigError, match="of shades, which has 2.. records"
    ):
        training.train(few, run_dir=added / "few", data_dir=added)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ("shades", r"shades.npy: is not there; run prepare-data\."),
        ("shaeds", r"name \(.*shades.*\); did you mean shades\?"),
        ("{}/a.shade", "is a shade; give --dataset=shades"),
    ],
)
def test_whatever_else_is_meant_is_explained(added, dataset, message):
    (added / "a.shade").write_bytes(b"\x80")
    with pytest.raises(errors.DatasetError, match=message):
        sources.load(dataset.format(added), data_dir=added)


def test_its_flags_are_in_the_help_and_for_it_alone(added, capsys):
    assert main.main(["prepare-data", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "--darkest\n      shades: the least shade. (default: 0)" in printed
    assert prepare(added, "--size=8") == 2
    assert "no effect on --dataset=shades; it is for sample_photos, folder" in (
        capsys.readouterr().err
    )
    arguments = ["prepare-data", "--dataset=mnist", "--darkest=1"]
    assert main.main(arguments) == 2
    assert "it is for shades." in capsys.readouterr().err


def test_no_name_is_taken_twice():
    for names in (
        [source.name for source in registry.every()],
        [name for source in registry.every() for name in source.names],
    ):
        assert len(set(names)) == len(names)


def test_names_come_before_paths_and_what_is_prepared_before_files():
    order = [source.name for source in registry.every()]
    assert order[:4] == ["adult", "cifar10", "mnist", "fashion_mnist"]
    assert order[-6:] == [
        "a table",
        "a folder of prepared pictures",
        "a folder of a prepared table",
        "a folder of IDX files",
        "an .npz file",
        "an .npy file of images",
    ]


def test_a_path_is_never_a_name(tmp_path):
    np.savez(tmp_path / "own.npz", images=np.zeros([3, 4, 4], np.uint8))
    assert sources.is_name("mnist", data_dir=tmp_path)
    for path in ("./mnist", "own.npz", str(tmp_path / "own.npz"), ""):
        assert not sources.is_name(path, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("mnist", 60_000),
        ("fashion_mnist", 60_000),
        ("simulated_ehr", 37_216),
        ("sample_photos_48", None),
        ("mimic3", None),
        ("records.npz", None),
        ("", None),
    ],
)
def test_only_known_data_sets_declare_their_number_of_records(name, number):
    assert registry.declared_records(name) == number


def test_declared_numbers_are_those_of_the_presets():
    for name in presets.names():
        data = presets.get(name).data
        declared = registry.declared_records(data.source)
        if declared is not None:
            private = declared * (1 - data.public_fraction)
            assert private == pytest.approx(
                data.num_private_examples, rel=0.001
            )
