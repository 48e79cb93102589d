"""The file of a private summary, and what other machines hear of it."""

import io
import signal
from unittest import mock

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import run_files
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.privacy.summary import projection as projections
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.run import budgets
from dpgan_tf.run import team as teams
from dpgan_tf.run.summary import chosen_summary
from dpgan_tf.run.summary import class_summary
from dpgan_tf.run.summary import marginal_targets
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import protocol
from dpgan_tf.run.summary import row_summary
from tests import summary_runs


@pytest.fixture
def files(tmp_path):
    found = run_files.RunFiles(tmp_path)
    found.private.mkdir()
    return found


def _npz(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _npy():
    content = io.BytesIO()
    np.save(content, np.zeros(3))
    return content.getvalue()


_ROWS = presets.get("dpgan_ehr")
_IMAGES = presets.get("mnist_surrogate")
_MEAN = row_moments.Moments(mean=np.full(4, 0.5))
_PAIRS = row_moments.Moments(mean=np.full(4, 0.5), pairs=np.ones([4, 4]))
_GREY = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))
_CLASSES = class_moments.ClassMoments(
    means=np.full([2, 4], 0.5),
    factors=np.ones([2, 4, 4]),
    shares=np.full(2, 0.5),
)
_SCHEMA = schema_text.to_text(
    schemas.Schema(
        columns=(
            columns.Category(name="ward", values=("a", "b")),
            columns.Category(name="care", values=("a", "b", "c")),
            columns.Codes(name="icd", codes=("I10", "E11")),
        )
    )
)
_MARGINALS = marginal_targets.Marginals(
    means=np.full(7, 0.5),
    pairs=np.array([[0.0, 1.0], [1.0, 2.0]]),
    values=np.linspace(0, 1, 9),
    deviations=np.full(2, 0.1),
)
_FEATURES = {
    "projection": projections.Projection(
        center=np.ones(6), directions=np.ones([6, 3])
    ),
    "features": class_features.ClassFeatures(
        means=np.ones([2, 3]), products=np.ones([2, 1, 1])
    ),
    "guide": classifier.Linear(kernel=np.ones([6, 2]), bias=np.ones(2)),
}


def _rows(kind, moments):
    recipe = recipes.change(_ROWS, {"summary": kind})
    return row_summary.RowSummary(recipe=recipe, moments=moments)


def _chosen(marginals):
    recipe = recipes.change(
        _ROWS, {"summary": "chosen", "data.schema": _SCHEMA}
    )
    return chosen_summary.ChosenSummary(recipe=recipe, marginals=marginals)


def _images(changes, **parts):
    recipe = recipes.change(_IMAGES, changes)
    return class_summary.ClassSummary(recipe=recipe, pixels=_GREY, **parts)


_SUMMARIES = {
    "none": protocol.Summary(recipe=presets.get("mnist_quick")),
    "marginals": _rows("marginals", _MEAN),
    "pairs": _rows("pairs", _PAIRS),
    "chosen": _chosen(_MARGINALS),
    "moments": _images({"summary": "class_moments"}, moments=_CLASSES),
    "features": _images({}, moments=_CLASSES, **_FEATURES),
    "public": _images({"data.public_fraction": 0.02}, **_FEATURES),
}
_WHOLE = private_summary._to_bytes(_SUMMARIES["pairs"])


@pytest.mark.parametrize("taken", _SUMMARIES.values(), ids=_SUMMARIES)
def test_a_summary_is_read_as_it_was_written(files, taken):
    private_summary._write(files, taken)
    again = private_summary.read(taken.recipe, files)
    summary_runs.require_same(again, taken)


@pytest.mark.parametrize("taken", _SUMMARIES.values(), ids=_SUMMARIES)
def test_every_machine_hears_the_chiefs_summary(taken):
    chief = summary_runs.Chief()
    private_summary.shared(taken.recipe, taken, chief)
    follower = summary_runs.Follower(chief.said)
    heard = private_summary.shared(taken.recipe, None, follower)
    assert not follower.said
    summary_runs.require_same(heard, taken)


def test_one_machine_has_its_own_summary():
    taken = _SUMMARIES["pairs"]
    shared = private_summary.shared(taken.recipe, taken, teams.ALONE)
    assert shared is taken


_DAMAGED = [
    b"",
    _WHOLE[:30],
    _WHOLE[: len(_WHOLE) // 2],
    bytes(len(_WHOLE)),
    b"not a zip file",
    _npy(),
    _npz(),
    _npz(other=np.zeros(2)),
    _npz(**{"moments.other": np.zeros(2)}),
    _npz(**{"unknown.mean": np.zeros(2)}),
    _npz(**{"guide.weights": np.zeros(2), "moments.mean": np.zeros(2)}),
    _npz(**{"moments.mean": np.array([None], object)}),
    private_summary._to_bytes(_SUMMARIES["features"]),
]


@pytest.mark.parametrize("number", range(len(_DAMAGED)))
def test_a_damaged_summary_is_one_clear_line(files, number):
    files.summary.write_bytes(_DAMAGED[number])
    with pytest.raises(errors.UserError, match="summary.npz: is damaged") as e:
        private_summary.read(_ROWS, files)
    assert "restore it from a backup" in str(e.value)


@pytest.mark.parametrize("name", ["moments", "public"])
def test_a_summary_that_lacks_what_the_run_asks_for_is_damaged(files, name):
    private_summary._write(files, _SUMMARIES[name])
    with pytest.raises(errors.UserError, match="is damaged.*the parts of"):
        private_summary.read(_IMAGES, files)


def test_a_summary_of_an_earlier_version_is_one_clear_line(files):
    np.savez(files.summary, mean=np.full(4, 0.5), pairs=np.zeros([4, 4]))
    with pytest.raises(
        errors.UserError, match="another version's .it has mean"
    ):
        private_summary.read(_ROWS, files)


def test_a_summary_that_is_a_folder_or_missing_is_one_clear_line(files):
    for _ in range(2):
        with pytest.raises(errors.UserError, match="summary.npz: missing"):
            private_summary.read(_ROWS, files)
        files.summary.mkdir(exist_ok=True)


def test_marginals_of_another_schema_are_refused(files):
    taken = _SUMMARIES["chosen"]
    private_summary._write(files, taken)
    longer = _SCHEMA.replace('"E11"', '"E11", "J44"')
    assert longer != _SCHEMA
    other = recipes.change(taken.recipe, {"data.schema": longer})
    with pytest.raises(errors.UserError, match="is damaged, or another"):
        private_summary.read(other, files)


class _Interrupted(protocol.Summary):
    """A summary that is asked to stop while it is being taken."""

    @classmethod
    def take(cls, recipe, source):
        del source
        with interrupts.heeded():
            signal.raise_signal(signal.SIGINT)
        return _rows("pairs", _PAIRS)


def test_a_signal_waits_until_the_summary_is_saved(files, monkeypatch, capsys):
    """It is charged by then: to stop at once would lose it."""
    recipe = recipes.change(_ROWS, {"summary": "pairs"})
    rows = np.zeros([10, 4], np.uint8)
    rows[::2] = 1
    private = records.PrivateRecords(rows, scale=records.Scale(1, 0.0))
    budget = budgets.build_budget(recipe, records.Form((4,), largest=1))
    taken_by = {type(recipe.summary): _Interrupted}
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(private_summary, "_KINDS", taken_by)
        ledger = mock.MagicMock(has_summary=False)
        private_summary.take(recipe, files, budget, private, None, ledger)
    assert "Stops when the private summary is saved" in capsys.readouterr().err
    summary_runs.require_same(
        private_summary.read(recipe, files), _rows("pairs", _PAIRS)
    )


def test_a_file_without_a_range_of_pixels_is_refused(files):
    taken = _SUMMARIES["features"]
    private_summary._write(files, taken)
    with np.load(files.summary) as arrays:
        kept = {name: arrays[name] for name in arrays if "pixels" not in name}
    files.summary.write_bytes(_npz(**kept))
    with pytest.raises(
        errors.UserError, match="another version's .it has only moments"
    ):
        private_summary.read(taken.recipe, files)
