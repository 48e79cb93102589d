import pytest

from tests.claim import releases


@pytest.fixture
def run_dir(tmp_path):
    """A run of 30 charged steps with a release that holds."""
    return releases.make_run(tmp_path / "run")
