"""What `import dpgan_tf` brings, and what it leaves until it is used."""

import subprocess
import sys

import pytest

import dpgan_tf
from dpgan_tf.release import handle
from dpgan_tf.run import entry


def test_the_package_names_what_a_user_wants():
    assert {"train", "load", "__version__"} <= set(dir(dpgan_tf))
    assert dpgan_tf.train is entry.train and dpgan_tf.load is handle.load
    with pytest.raises(AttributeError, match="has no attribute 'fit'"):
        dpgan_tf.fit  # noqa: B018


def test_the_package_and_a_claim_need_no_tensorflow(tmp_path):
    program = (
        "import sys, dpgan_tf\n"
        "assert 'numpy' not in sys.modules\n"
        "try: dpgan_tf.load(sys.argv[1])\n"
        "except Exception as error: assert 'no release' in str(error), error\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
