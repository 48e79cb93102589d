import pathlib
import re
import subprocess

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
_REQUIREMENTS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-gpu.txt",
)
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)")


def _pins(name):
    lines = (_ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", [*_REQUIREMENTS, "constraints.txt"])
def test_every_requirement_is_pinned_and_names_no_index(name):
    for line in _pins(name):
        assert _PIN.fullmatch(line), line


# What a GPU needs is for one kind of machine, and not in the lock.
@pytest.mark.parametrize("name", _REQUIREMENTS[:2])
def test_the_lock_agrees_with_the_requirements(name):
    assert set(_pins(name)) <= set(_pins("constraints.txt"))


@pytest.mark.parametrize("name", _REQUIREMENTS)
def test_every_direct_requirement_says_why_it_is_there(name):
    lines = (_ROOT / name).read_text().splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        if _PIN.fullmatch(line):
            assert before.startswith("# "), line


def test_make_alone_lists_every_target():
    done = subprocess.run(
        ["make", "-s"], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^make (\S+)", done.stdout, re.MULTILINE))
    assert listed == {
        *("help", "setup", "data", "quick", "mnist", "mnist-quick", "test"),
        *("test-slow", "faults", "fuzz", "data-fashion", "utility"),
        *("lint", "format", "tensorboard", "report", "clean"),
        *("bench", "bench-quick"),
        *("ehr", "ehr-data", "table_ehr", "photos"),
        *("table2", "table3", "table5", "table6"),
        *("table7", "table8", "table10"),
        *("ppgan_fig2", "ppgan_fig3", "ppgan_fig4", "ppgan_fig5"),
    }
