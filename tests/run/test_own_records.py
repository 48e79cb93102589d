"""Records in memory are kept once, and are the run's records ever after."""

import stat

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.tables import schema_text
from dpgan_tf.run import own_records

IMAGES = np.arange(6 * 8 * 8, dtype=np.uint8).reshape(6, 8, 8)


def keep(data, run):
    (run / "private").mkdir(parents=True, exist_ok=True)
    with own_records.written(data, run) as path:
        own_records.keep(path, run)


def test_names_and_paths_are_told_from_records(tmp_path):
    assert own_records.is_path("mnist") and own_records.is_path(tmp_path)
    assert not own_records.is_path(IMAGES)
    assert not own_records.is_path((IMAGES, np.arange(6)))


@pytest.mark.parametrize("labels", [None, np.array([3, 1, 2, 1, 1, 2])])
def test_images_are_kept_for_their_owner_alone(tmp_path, labels):
    data = IMAGES if labels is None else (IMAGES, labels)
    run = tmp_path / "run"
    keep(data, run)
    keep(data, run)
    kept = run / "private" / "records.npz"
    assert own_records.place("elsewhere/records.npz", run) == str(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    found = sources.load(str(kept), data_dir=tmp_path)
    np.testing.assert_array_equal(found.train_images[..., 0], IMAGES)
    if labels is None:
        assert found.train_labels is None
    else:
        np.testing.assert_array_equal(found.train_labels, labels)
    everything = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert everything == [kept]


@pytest.mark.parametrize(
    "other", [IMAGES + 1, IMAGES[:5], (IMAGES, np.zeros(6, int))]
)
def test_other_records_are_not_put_in_their_place(tmp_path, other):
    keep(IMAGES, tmp_path / "run")
    with pytest.raises(errors.UserError, match="the data are others"):
        keep(other, tmp_path / "run")


def test_records_that_are_not_kept_leave_nothing(tmp_path):
    with own_records.written(IMAGES, tmp_path / "run") as path:
        assert sources.load(path, data_dir=tmp_path).form.shape == (8, 8, 1)
    assert not list(tmp_path.iterdir())


def test_a_frame_with_a_schema_is_kept_as_a_table(tmp_path):
    pandas = pytest.importorskip("pandas")
    schema = schema_text.to_text(
        schema_text.of(
            {
                "format": 1,
                "columns": [
                    {"name": "sex", "type": "category", "values": ["F", "M"]},
                    {"name": "age", "type": "integer", "least": 0, "most": 99},
                ],
            }
        )
    )
    frame = pandas.DataFrame({"age": range(90), "sex": ["F", "M", "F"] * 30})
    run = tmp_path / "run"
    for _ in range(2):
        (run / "private").mkdir(parents=True, exist_ok=True)
        with own_records.written_table(frame, run) as path:
            own_records.keep(path, run)
    kept = run / "private" / "records.parquet"
    assert own_records.place(path, run) == str(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    found = sources.load(str(kept), data_dir=tmp_path, schema=schema)
    assert len(found.train_rows) + len(found.test_rows) == 90
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]
    with own_records.written_table(frame[::-1], run) as path:
        with pytest.raises(errors.UserError, match="the data are others"):
            own_records.keep(path, run)
