import zipfile

import numpy as np
import pandas
import pytest
from PIL import Image

from dpgan_tf import errors
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling

_IMAGES = np.linspace(-1, 1, 7 * 4 * 4, dtype=np.float32).reshape(7, 4, 4, 1)
_BYTES = np.rint((_IMAGES + 1) * 127.5).astype(np.uint8)


def _batches():
    return map(sampling.Samples, np.array_split(_IMAGES, 3))


def _write(output, batches=None):
    sample_files.write(
        _batches() if batches is None else batches,
        output,
        num_samples=7,
    )


def _require_writable(output, *, overwrite, is_table=False):
    sample_files.require_writable(
        output, is_table=is_table, overwrite=overwrite
    )


def test_an_npz_file_holds_every_image(tmp_path):
    path = tmp_path / "new" / "samples.npz"
    _write(path)
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays.files == ["images"]
        np.testing.assert_array_equal(arrays["images"], _BYTES)
    assert zipfile.ZipFile(path).testzip() is None
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_holds_one_png_for_each_image(tmp_path):
    _write(tmp_path / "pictures")
    for i in range(7):
        with Image.open(tmp_path / "pictures" / f"{i}.png") as picture:
            np.testing.assert_array_equal(
                np.asarray(picture), _BYTES[i, :, :, 0]
            )


def test_labels_stand_beside_the_images(tmp_path):
    labels = np.array([3, 0, 1, 1, 2, 9, 4])

    def batches():
        for rows in (slice(0, 4), slice(4, 7)):
            yield sampling.Samples(_IMAGES[rows], labels[rows])

    _write(tmp_path / "samples.npz", batches())
    with np.load(tmp_path / "samples.npz", allow_pickle=False) as arrays:
        assert set(arrays.files) == {"images", "labels"}
        np.testing.assert_array_equal(arrays["images"], _BYTES)
        np.testing.assert_array_equal(arrays["labels"], labels)
    _write(tmp_path / "pictures", batches())
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == [f"{i}_class{label}.png" for i, label in enumerate(labels)]
    _require_writable(tmp_path / "pictures", overwrite=True)


def test_png_names_sort_by_number(tmp_path):
    sample_files.write(
        iter([sampling.Samples(np.zeros([11, 2, 2, 3]))]),
        tmp_path / "pictures",
        num_samples=11,
    )
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == [f"{i:02}.png" for i in range(11)]


@pytest.mark.parametrize("name", ["samples.npz", "pictures"])
def test_a_broken_stream_leaves_the_earlier_output(tmp_path, name):
    def broken():
        yield sampling.Samples(_IMAGES[:3])
        raise OSError(28, "No space left on device")

    _write(tmp_path / name)
    with pytest.raises(OSError, match="No space"):
        _write(tmp_path / name, broken())
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["samples.npz", "pictures"])
def test_an_earlier_output_is_replaced_only_when_asked(tmp_path, name):
    _write(tmp_path / name)
    with pytest.raises(errors.UserError, match="--overwrite"):
        _require_writable(tmp_path / name, overwrite=False)
    _require_writable(tmp_path / name, overwrite=True)
    _write(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(errors.UserError, match="other files"):
        _require_writable(tmp_path, overwrite=True)


@pytest.mark.parametrize("name", ["samples.zip", "picture.png", "a.npy"])
def test_another_format_is_refused(tmp_path, name):
    with pytest.raises(errors.UserError, match="expected FILE.npz"):
        _require_writable(tmp_path / name, overwrite=False)


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "pictures").touch()
    with pytest.raises(errors.UserError, match="another kind"):
        _require_writable(tmp_path / "pictures", overwrite=True)


def test_records_are_written_under_the_names_of_their_columns(tmp_path):
    rows = np.arange(12, dtype=np.uint8).reshape(6, 2)
    for name in ("patients.csv", "patients.npz"):
        sample_files.write(
            map(sampling.Samples, np.array_split(rows, 2)),
            tmp_path / name,
            num_samples=6,
            names=sample_writers.Names(columns=("401", "V01")),
        )
    lines = (tmp_path / "patients.csv").read_text().splitlines()
    assert lines[:2] == ["401,V01", "0,1"] and len(lines) == 7
    with np.load(tmp_path / "patients.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["records"], rows)


@pytest.mark.parametrize("name", ["pictures", "a.zip"])
def test_records_make_no_pictures(tmp_path, name):
    with pytest.raises(errors.UserError, match="expected FILE.csv"):
        _require_writable(tmp_path / name, overwrite=False, is_table=True)


def test_images_make_no_table(tmp_path):
    with pytest.raises(errors.UserError, match="FILE.tfrecord, or a"):
        _require_writable(tmp_path / "a.csv", overwrite=False)


def test_names_of_columns_are_read_from_a_release(tmp_path):
    assert sample_files.read_columns(tmp_path) == ()
    (tmp_path / sample_files.COLUMNS).write_text("401\nV01\n")
    assert sample_files.read_columns(tmp_path) == ("401", "V01")


def test_names_of_classes_are_read_from_a_release(tmp_path):
    assert sample_files.read_classes(tmp_path) == ()
    (tmp_path / "classes.txt").write_text("cat\nAnkle boot\n")
    assert sample_files.read_classes(tmp_path) == ("cat", "Ankle boot")


@pytest.mark.parametrize(
    "content", [b"", b"cat", b"../../cat\n", b"cat\ncat\n", b"\xff\n"]
)
def test_names_of_classes_that_could_do_harm_are_refused(tmp_path, content):
    (tmp_path / "classes.txt").write_bytes(content)
    with pytest.raises(errors.UserError, match="copy the release again"):
        sample_files.read_classes(tmp_path)


def test_a_folder_of_pictures_by_class_may_be_replaced(tmp_path):
    images = np.zeros([4, 4, 4, 1], np.float32)
    batches = [sampling.Samples(images, np.array([1, 2, 1, 2]))]
    names = sample_writers.Names(classes=("cat", "dog"), first_label=1)
    for _ in range(2):
        sample_files.write(
            batches, tmp_path / "made", num_samples=4, names=names
        )
        _require_writable(tmp_path / "made", overwrite=True)
    (tmp_path / "made" / "dog" / "note.txt").touch()
    with pytest.raises(errors.UserError, match="other files"):
        _require_writable(tmp_path / "made", overwrite=True)


def test_records_are_read_back_from_a_parquet_file(tmp_path):
    rows = np.arange(12, dtype=np.uint8).reshape(6, 2)
    path = tmp_path / "patients.parquet"
    _require_writable(path, overwrite=False, is_table=True)
    sample_files.write(
        map(sampling.Samples, np.array_split(rows, 2)),
        path,
        num_samples=6,
        names=sample_writers.Names(columns=("401", "V01")),
    )
    frame = pandas.read_parquet(path)
    assert list(frame.columns) == ["401", "V01"]
    np.testing.assert_array_equal(frame.to_numpy(), rows)


def test_images_make_no_parquet_file(tmp_path):
    with pytest.raises(errors.UserError, match="expected FILE.npz"):
        _require_writable(tmp_path / "a.parquet", overwrite=False)
