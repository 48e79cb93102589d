import functools
import pathlib
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
from packaging import requirements
from packaging import version

_ROOT = pathlib.Path(__file__).parents[1]
_REQUIREMENTS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-tables.txt",
    "requirements-gpu.txt",
    "requirements-package.txt",
    "requirements-docs.txt",
)
_LOCKS = {
    "requirements.txt": "constraints.txt",
    "requirements-dev.txt": "constraints.txt",
    "requirements-tables.txt": "constraints.txt",
    "requirements-docs.txt": "constraints-docs.txt",
}
# Extras that pyproject.toml names one by one.
_EXTRAS = ("dev", "docs", "tables")
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


# What a GPU needs is for one kind of machine; what builds the wheel has an
# environment of its own.
@pytest.mark.parametrize(("name", "lock"), sorted(_LOCKS.items()))
def test_the_lock_agrees_with_the_requirements(name, lock):
    assert set(_pins(name)) <= set(_pins(lock))


@pytest.mark.parametrize("name", _REQUIREMENTS)
def test_every_direct_requirement_says_why_it_is_there(name):
    lines = (_ROOT / name).read_text().splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        if _PIN.fullmatch(line):
            assert before.startswith("# "), line


def _pinned(*files):
    """Return the versions that files pin, by the name that an index has."""
    pins = [_PIN.fullmatch(line) for name in files for line in _pins(name)]
    return {_normal(pin[1]): version.Version(pin[2]) for pin in pins}


def _normal(name):
    return re.sub("[-_.]+", "-", name).lower()


@functools.cache
def _pyproject():
    return tomllib.loads((_ROOT / "pyproject.toml").read_text())


def _asked(lines):
    found = [requirements.Requirement(line) for line in lines]
    return {_normal(asked.name): asked.specifier for asked in found}


def _dependencies():
    return _asked(_pyproject()["project"]["dependencies"])


def _extra(name):
    return _asked(_pyproject()["project"]["optional-dependencies"][name])


def _build_requirements():
    return _asked(_pyproject()["build-system"]["requires"])


def test_dependencies_and_requirements_are_the_same():
    pinned = _pinned("requirements.txt").keys()
    assert _dependencies().keys() == pinned - _build_requirements().keys()


def test_every_file_of_requirements_is_an_extra_but_the_builders():
    found = {path.stem for path in _ROOT.glob("requirements-*.txt")}
    extras = _pyproject()["project"]["optional-dependencies"]
    named = {f"requirements-{extra}" for extra in extras}
    assert found == named | {"requirements-package"}


@pytest.mark.parametrize("extra", _EXTRAS)
def test_an_extra_and_its_requirements_are_the_same(extra):
    pinned = _pinned(f"requirements-{extra}.txt").keys()
    known = _dependencies().keys() | _build_requirements().keys()
    assert _extra(extra).keys() == pinned - known


@pytest.mark.parametrize("extra", [None, "gpu", *_EXTRAS])
def test_the_least_version_is_the_one_tried_and_the_next_has_a_limit(extra):
    own = [f"requirements-{extra}.txt"] if extra in _EXTRAS else []
    tried = _pinned("constraints.txt", *own)
    asked = _extra(extra) if extra else _dependencies()
    for name, specifier in asked.items():
        least, limit = sorted(specifier, key=lambda part: part.operator)[::-1]
        assert (least.operator, limit.operator) == (">=", "<"), name
        assert version.Version(least.version) == tried[name], name
        assert tried[name] in specifier, name


def test_the_package_is_built_with_the_versions_that_were_tried():
    tried = _pinned("constraints.txt")
    builders = _pinned("requirements-package.txt")
    for name, specifier in _build_requirements().items():
        assert str(specifier) == f"=={tried[name]}" == f"=={builders[name]}"


def test_every_dependency_can_be_imported():
    wanted = _dependencies().keys()
    modules = {
        module
        for module, owners in metadata.packages_distributions().items()
        if wanted & {_normal(owner) for owner in owners}
    }
    program = "import importlib, sys; sys.skip_tf_privacy_import = True\n"
    program += "for name in sys.argv[1:]: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-c", program, *sorted(modules)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_libraries_of_a_gpu_are_those_that_tensorflow_asks_for():
    asked = _asked(
        line
        for line in metadata.requires("tensorflow")
        if 'extra == "and-cuda"' in line
    )
    pinned = _pinned("requirements-gpu.txt")
    assert pinned.keys() == asked.keys()
    for name, specifier in asked.items():
        assert pinned[name] in specifier, name


def _versions_in(path, pattern):
    return re.findall(pattern, (_ROOT / path).read_text(), re.MULTILINE)


def test_the_package_has_one_version_everywhere():
    (told,) = _versions_in("dpgan_tf/__init__.py", r'^__version__ = "(.+)"$')
    assert told == _pyproject()["project"]["version"]
    assert [told] == _versions_in("CITATION.cff", r"^version: (.+)$")


def test_an_image_copies_what_its_build_may_see_and_nothing_else():
    ignored = (_ROOT / ".dockerignore").read_text().splitlines()
    seen = {line[1:] for line in ignored if line.startswith("!")}
    steps = (_ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", steps, re.MULTILINE)
    assert {name for line in copied for name in line.split()} == seen
    assert all((_ROOT / name).exists() for name in seen)


def test_make_alone_lists_every_target():
    done = subprocess.run(
        ["make", "-s"], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^make (\S+)", done.stdout, re.MULTILINE))
    assert listed == {
        *("help", "setup", "data", "quick", "mnist", "test"),
        *("test-slow", "faults", "fuzz", "data-fashion"),
        *("utility", "utility-cifar10"),
        *("mutants", "replay", "audit", "bench-run", "unseen"),
        *("lint", "format", "docs", "tensorboard", "report", "clean"),
        *("bench", "bench-quick", "package", "audit", "replay", "mutants"),
        *("ehr", "ehr-data", "table_ehr", "photos"),
        *("adult-data", "table_adult"),
        *("table2", "table3", "table5", "table6"),
        *("table7", "table8", "table10"),
        *("ppgan_fig2", "ppgan_fig3", "ppgan_fig4", "ppgan_fig5"),
    }
