"""Files of another shape than their readers expect, one kind after another."""

import gzip
import io
import json
import struct
import zipfile
import zlib

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import npz as npz_files
from dpgan_tf.data.health import mimic as mimic_files
from dpgan_tf.data.pictures import decoding as pictures
from tests.data.health import test_mimic
from tests.fuzz import cases
from tests.fuzz import worker

_WHOLE = (
    *(b"", b"{", b"[]", b"5", b"null", b"true", b'"text"', b"[null]", b"{}"),
    *(b"NaN", b"1e999", b"9" * 5_000, b"[" * 100_000, b'{"a":' * 100_000),
    *(b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b'{"\\ud800": 1}', b"\x00"),
    *(b'{"a": 1, "a": 2}', b"[[], [[]], {}]", b"{} {}"),
)
_PARTS = (None, True, -1, 0, 1.5, 10**30, "text", "", [], {}, [[None]])
_JSON_CASES = (
    *("claim", "config", "tf_config", "scores", "run_description", "cell"),
    *("shard_plan", "picture_store", "picture_unit", "table", "tfds_copy"),
)


def _problems(case, contents):
    for path, before in zip(case.files, case.contents, strict=True):
        if path.suffix != ".json":
            continue
        for content in contents(before):
            problem = worker.problem_of(case, path, content)
            if problem is not None:
                yield f"{path.name}, {content[:60]}: {problem}"


@pytest.mark.parametrize("name", _JSON_CASES)
def test_a_file_that_is_no_json_of_ours_is_refused(name, tmp_path):
    case = worker.find_case(name, tmp_path)
    assert not list(_problems(case, lambda _: _WHOLE))


def _with_other_parts(content):
    """Yield an object with each of its values replaced."""
    value = json.loads(content)
    for key in value:
        for other in _PARTS:
            yield json.dumps(value | {key: other}).encode()
        yield json.dumps({k: v for k, v in value.items() if k != key}).encode()
        twice = f"{{{json.dumps(key)}: 1, {content.decode().strip()[1:]}"
        yield twice.encode()


@pytest.mark.parametrize("name", _JSON_CASES)
def test_a_value_of_another_type_is_refused_or_taken(name, tmp_path):
    case = worker.find_case(name, tmp_path)
    if name == "tfds_copy":  # TFDS takes its time for every one that it reads.
        (path,) = [one for one in case.files if one.name == "features.json"]
        case = cases.Case([path], case.read)
    if name == "config":  # All have the same keys.
        del case.files[1:]
    assert not list(_problems(case, _with_other_parts))


@pytest.mark.parametrize("name", ["images", "x_train", "y", ".npy", "images/"])
def test_a_member_that_is_no_array_is_none(tmp_path, name):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"text")
    path = tmp_path / "a.npz"
    path.write_bytes(made.getvalue())
    with pytest.raises(errors.DatasetError, match="expected x_train"):
        npz_files.load(path)
    with pytest.raises(errors.DatasetError, match="has no train"):
        npz_files.read_arrays(path, keys=["train"])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_header_longer_than_csv_allows_is_named(tmp_path, compressed):
    test_mimic.write(tmp_path, admissions="SUBJECT_ID," + "x" * 200_000 + "\n")
    if compressed:
        path = tmp_path / "ADMISSIONS.csv"
        zipped = gzip.compress(path.read_bytes())
        path.with_suffix(".csv.gz").write_bytes(zipped)
        path.unlink()
    with pytest.raises(errors.DatasetError, match="ADMISSIONS.*first line"):
        mimic_files.read(tmp_path, codes=test_mimic.CODES)


def _png_of(width, height):
    def chunk(kind, data):
        checksum = zlib.crc32(kind + data).to_bytes(4)
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100))
    parts = (b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize(
    "size", [(20_000, 20_000), (2**31 - 1, 2**31 - 1), (9, 8), (0, 0)]
)
def test_a_bomb_in_a_store_is_refused_before_it_is_read(size):
    with pytest.raises(pictures.UnusablePictureError):
        pictures.decode(_png_of(*size), shape=(8, 8, 3))


@pytest.mark.parametrize(
    "text", ["0-9999999999", "0000000000-9999999999", "V٣-V9", "9" * 5_000]
)
def test_a_range_of_codes_without_end_is_refused(tmp_path, text):
    case = cases.codes(tmp_path)
    case.files[0].write_text(text)
    with pytest.raises(errors.DatasetError, match="expected a category"):
        case.read()


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"moments.mean": np.zeros([2, 2])},
        {"moments.mean": np.zeros(2, np.float32)},
        {"moments.mean": np.array([0.5, np.nan])},
        {"moments.mean": np.zeros(2), "moments.more": np.zeros(2)},
        {"moments.pairs": np.zeros([2, 2])},
        {"guide.kernel": np.zeros([2, 2])},
        {"other.kernel": np.zeros([2, 2])},
        {"moments.mean": np.zeros(2), "guide.kernel": np.zeros([2, 2])},
    ],
)
def test_a_summary_of_other_arrays_is_damaged(tmp_path, arrays):
    case = cases.summary(tmp_path)
    np.savez(case.files[0], **arrays)
    with pytest.raises(errors.UserError, match="summary.npz: is damaged"):
        case.read()
