"""Named data sets come from the first place that has them, without waiting."""

import http.server
import socket
import threading
import time

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import tfds_store
from dpgan_tf.data.known import digits
from tests.data import files

_SHAPES = [(12, 28, 28, 1), (4, 28, 28, 1)]


def _dataset(name):
    return datasets.ImageDataset(
        name=name,
        train_images=np.full(_SHAPES[0], 7, np.uint8),
        train_labels=files.labels(12),
        test_images=np.full(_SHAPES[1], 9, np.uint8),
        test_labels=files.labels(4),
        origin="a test",
        num_classes=10,
    )


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Let no test reach a server, a mirror or a system folder by accident."""
    monkeypatch.setattr(digits, "_IMAGE_SHAPES", _SHAPES)
    monkeypatch.setattr(digits, "_SYSTEM_FOLDERS", {})
    monkeypatch.setattr(digits, "_MIRRORS", {"mnist": _fail})
    monkeypatch.setattr(
        digits,
        "_PROBE_URLS",
        {name: "http://localhost:9/" for name in digits.NAMES},
    )
    monkeypatch.setenv("no_proxy", "*")


def _fail(*args, **kwargs):
    raise AssertionError("not to be called")


def _answer(monkeypatch, *, reachable):
    monkeypatch.setattr(digits, "_is_reachable", lambda url: reachable)


def test_a_prepared_copy_needs_no_network(tmp_path, monkeypatch):
    tfds_store.write(_dataset("mnist"), data_dir=tmp_path)
    monkeypatch.setattr(digits, "_is_reachable", _fail)
    dataset = digits.load("mnist", data_dir=tmp_path)
    assert dataset.train_images.shape == _SHAPES[0]


def test_the_mirror_serves_where_there_is_no_network(
    tmp_path, monkeypatch, capsys
):
    _answer(monkeypatch, reachable=False)
    monkeypatch.setattr(
        digits, "_MIRRORS", {"mnist": lambda: _dataset("mnist")}
    )
    monkeypatch.setattr(digits, "_download", _fail)
    dataset = digits.load("mnist", data_dir=tmp_path)
    assert (dataset.train_images == 7).all()
    assert (tmp_path / "mnist").is_dir()
    output, progress = capsys.readouterr()
    assert output == ""
    assert len(progress.splitlines()) == 2


def test_tfds_is_asked_where_there_is_a_network(tmp_path, monkeypatch):
    _answer(monkeypatch, reachable=True)

    def download(name, *, data_dir):
        tfds_store.write(_dataset(name), data_dir=data_dir)
        return True

    monkeypatch.setattr(digits, "_download", download)
    dataset = digits.load("fashion_mnist", data_dir=tmp_path)
    assert dataset.name == "fashion_mnist"


def test_a_download_that_fails_is_told_in_one_line(
    tmp_path, monkeypatch, capsys
):
    class Builder:
        def download_and_prepare(self):
            raise digits.tfds.download.DownloadError("status 503\nmore")

    monkeypatch.setattr(
        digits.tfds, "builder", lambda name, data_dir: Builder()
    )
    assert not digits._download("mnist", data_dir=tmp_path)
    assert capsys.readouterr().err.endswith("(status 503)\n")


def test_the_mirror_serves_where_the_download_fails(tmp_path, monkeypatch):
    _answer(monkeypatch, reachable=True)
    monkeypatch.setattr(digits, "_download", lambda name, data_dir: False)
    monkeypatch.setattr(
        digits, "_MIRRORS", {"mnist": lambda: _dataset("mnist")}
    )
    dataset = digits.load("mnist", data_dir=tmp_path)
    assert (dataset.train_images == 7).all()


def test_a_system_folder_serves_without_the_network(tmp_path, monkeypatch):
    folder = files.write_idx_folder(tmp_path / "system", suffix=".gz")
    monkeypatch.setattr(digits, "_SYSTEM_FOLDERS", {"fashion_mnist": folder})
    monkeypatch.setattr(digits, "_IMAGE_SHAPES", [(20, 4, 3, 1), (5, 4, 3, 1)])
    monkeypatch.setattr(digits, "_is_reachable", _fail)
    dataset = digits.load("fashion_mnist", data_dir=tmp_path / "data")
    assert dataset.name == "fashion_mnist"
    assert str(folder) in dataset.origin


def test_no_network_and_no_mirror_is_one_line_with_a_remedy(
    tmp_path, monkeypatch
):
    _answer(monkeypatch, reachable=False)
    with pytest.raises(errors.DatasetError) as caught:
        digits.load("fashion_mnist", data_dir=tmp_path)
    message = str(caught.value)
    assert message.startswith("dataset=fashion_mnist: ")
    assert "data.source=DIR" in message
    assert "\n" not in message
    assert not list(tmp_path.iterdir())


def test_a_copy_of_another_size_is_refused(tmp_path, monkeypatch):
    tfds_store.write(_dataset("mnist"), data_dir=tmp_path)
    monkeypatch.setattr(
        digits, "_IMAGE_SHAPES", [(60_000, 28, 28, 1), (4, 28, 28, 1)]
    )
    with pytest.raises(errors.DatasetError, match=r"expected \[\(60000,"):
        digits.load("mnist", data_dir=tmp_path)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.mark.parametrize(("path", "there"), [("/there", True), ("/not", False)])
def test_a_server_is_reachable_when_it_has_the_file(path, there):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}{path}"
        assert digits._is_reachable(url) is there
        server.shutdown()


def test_a_server_that_never_answers_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(digits, "PROBE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        start = time.monotonic()
        assert not digits._is_reachable(url)
        assert time.monotonic() - start < 3


def test_a_name_look_up_that_hangs_is_given_up_in_time(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(digits, "PROBE_SECONDS", 0.3)

    def urlopen(request, timeout):
        release.wait(60)
        raise TimeoutError

    monkeypatch.setattr(digits.urllib.request, "urlopen", urlopen)
    start = time.monotonic()
    assert not digits._is_reachable("http://localhost/")
    assert time.monotonic() - start < 3
    release.set()


def test_a_server_that_is_not_there_is_not_reachable():
    assert not digits._is_reachable("http://localhost:9/")


def test_the_network_is_probed_for_at_most_five_seconds():
    assert digits.PROBE_SECONDS <= 5
