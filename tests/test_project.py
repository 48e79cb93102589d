import pathlib
import re
import subprocess

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
_REQUIREMENTS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-gpu.txt",
    "requirements-docs.txt",
)
_LOCKS = {
    "requirements.txt": "constraints.txt",
    "requirements-dev.txt": "constraints.txt",
    "requirements-docs.txt": "constraints-docs.txt",
}
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)")


def _pins(name):
    lines = (_ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "name", [*_REQUIREMENTS, *sorted(set(_LOCKS.values()))]
)
def test_every_requirement_is_pinned_and_names_no_index(name):
    for line in _pins(name):
        assert _PIN.fullmatch(line), line


# What a GPU needs is for one kind of machine, and not in the lock.
@pytest.mark.parametrize(("name", "lock"), sorted(_LOCKS.items()))
def test_the_lock_agrees_with_the_requirements(name, lock):
    assert set(_pins(name)) <= set(_pins(lock))


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
        *("help", "setup", "data", "mnist", "mnist-quick", "test"),
        *("test-slow", "faults", "fuzz", "data-fashion", "utility"),
        *("lint", "format", "docs", "tensorboard", "report", "clean"),
        *("bench", "bench-quick"),
        *("ehr", "ehr-data", "table_ehr", "photos"),
        *("table2", "table3", "table5", "table6"),
        *("table7", "table8", "table10"),
        *("ppgan_fig2", "ppgan_fig3", "ppgan_fig4", "ppgan_fig5"),
    }
