import json
import shutil

import pytest

from tests.run import plain_runs


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a finished run, which no test may change."""
    return plain_runs.make(tmp_path_factory)


@pytest.fixture
def copy(finished, tmp_path):
    """A finished run that a test may damage, and settings to go on with it."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    recipe = json.loads((tmp_path / "run" / "config.json").read_text())
    return tmp_path, {"data.source": recipe["data"]["source"]}
