"""The first page's walk, from records to what they teach, as it is written."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest

from tests.docs import pages

pytestmark = pytest.mark.slow

_PAGE = "start.md"
_ROOT = pages.DOCS.parent


def _run(arguments, folder):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
    )
    assert not done.returncode, f"{arguments}: {done.stderr[-2_000:]}"
    return done.stdout


def _run_block(block, folder):
    """Return what a block of code prints."""
    if block.language == "python":
        return _run(["-c", block.text], folder)
    said = ""
    for command in pages.commands(block.text):
        program, name, *rest = shlex.split(command)
        assert program == "dpgan"
        said += _run(["-m", "dpgan_tf", name, *rest], folder)
    return said


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """The folder after the walk, and what its blocks printed."""
    folder = tmp_path_factory.mktemp("start")
    code = [b for b in pages.blocks(_PAGE) if b.language != "text"]
    return folder, [_run_block(block, folder) for block in code]


def test_the_release_claims_what_the_page_says(walk):
    folder, _ = walk
    claim = json.loads(
        (folder / "runs/digits_auto/release/privacy.json").read_text()
    )
    text = " ".join((pages.DOCS / _PAGE).read_text().split())
    (quoted,) = re.findall(r'\*"(This release is .*?)"\*', text)
    assert claim["statement"].startswith(quoted)
    assert claim["epsilon"] <= 8


def test_files_of_the_release_are_those_that_the_page_lists(walk):
    folder, _ = walk
    release = folder / "runs/digits_auto/release"
    listed = re.findall(
        r"^\| `(\S+?)/?` \|", (pages.DOCS / _PAGE).read_text(), re.M
    )
    assert listed
    for name in listed:
        assert (release / name).exists(), name
    top = {pathlib.Path(name).parts[0] for name in listed}
    assert {path.name for path in release.iterdir()} <= top


def test_the_report_is_where_the_page_says(walk):
    folder, _ = walk
    assert (folder / "runs/digits_auto/private/report.html").is_file()


def test_samples_are_as_many_as_asked_for(walk):
    folder, _ = walk
    with np.load(folder / "samples.npz") as made:
        assert made["images"].shape == (2_000, 8, 8, 1)
        assert set(made["labels"]) <= set(range(10))


def test_the_last_block_says_what_samples_and_records_teach(walk):
    _, said = walk
    made, real = re.findall(r"from [\w ]+: +([\d.]+)", said[-1])
    assert 0 <= float(made) <= 1
    # What scikit-learn's digits teach without this project.
    assert float(real) > 0.9
