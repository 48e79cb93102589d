"""Releases of these tests are written by processes of their own."""

import pytest

from dpgan_tf.run.stages import release_process

_RUN = release_process._run


@pytest.fixture(autouse=True)
def _real_releases(monkeypatch):
    monkeypatch.setattr(release_process, "_run", _RUN)
