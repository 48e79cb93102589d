import pytest

from dpgan_tf.run.stages import release_process
from tests import labelled_runs
from tests import release_server
from tests import tiny_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with labelled images, for the runs of one file."""
    folder = tmp_path_factory.mktemp("labelled")
    tiny_run.write_labelled_records(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _forked_releases():
    """Spare each run the start of a process; `stages` tests the real one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(release_process, "_run", release_server.run)
        yield


@pytest.fixture(scope="session")
def labelled(tmp_path_factory):
    """A finished run on labelled images, which no test may change."""
    return labelled_runs.make(tmp_path_factory)


def pytest_make_parametrize_id(val, argname):
    """Name bytes and long values by their argument.

    Bytes may tell the time (a colour profile does), and the processes of one
    test run, which must agree on every name, collect at different seconds.
    """
    is_long = isinstance(val, (str, int)) and len(repr(val)) > 60
    return argname if is_long or isinstance(val, bytes) else None
