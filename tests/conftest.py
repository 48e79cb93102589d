import pytest

from tests import tiny_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with labelled images, for the runs of one file."""
    folder = tmp_path_factory.mktemp("labelled")
    tiny_run.write_labelled_records(folder)
    return folder
