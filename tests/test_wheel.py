import email
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

import dpgan_tf

_ROOT = pathlib.Path(__file__).parents[1]
_INFO = f"dpgan_tf-{dpgan_tf.__version__}.dist-info"
_SOURCES = ("pyproject.toml", "README.md", "LICENSE")
_OTHERS = ("tests", "benchmarks", "examples", "docs")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: a build leaves files beside its source."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in _SOURCES:
        shutil.copy(_ROOT / name, source)
    for name in ("dpgan_tf", *_OTHERS):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_ROOT / name, source / name, ignore=ignored)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "."]
        + [f"--wheel-dir={folder}"],
        cwd=source,
        check=True,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _files(folder):
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_every_file_of_the_package_and_no_other(wheel):
    assert _files(wheel / "dpgan_tf") == _files(_ROOT / "dpgan_tf")
    assert {path.name for path in wheel.iterdir()} == {"dpgan_tf", _INFO}


def test_the_wheel_has_its_licence_and_its_command(wheel):
    licence = (wheel / _INFO / "LICENSE").read_text()
    assert licence == (_ROOT / "LICENSE").read_text()
    commands = (wheel / _INFO / "entry_points.txt").read_text()
    assert "dpgan = dpgan_tf.__main__:run" in commands


def test_the_wheel_says_what_it_is_and_shows_the_readme(wheel):
    metadata = email.message_from_string(
        (wheel / _INFO / "METADATA").read_text()
    )
    assert metadata["Name"] == "dpgan-tf"
    assert metadata["Requires-Python"] == "<3.12,>=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    readme = (_ROOT / "README.md").read_text()
    assert metadata.get_payload().strip() == readme.strip()


_USER = """
import dpgan_tf

version: str = dpgan_tf.__version__
"""


def _check_types(path, *, site):
    """Check a file as strictly as mypy can, away from the repository."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", path.name],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )


def test_a_users_strict_types_are_checked_against_the_wheel(wheel, tmp_path):
    own = tmp_path / "own.py"
    own.write_text(_USER)
    shutil.copy(_ROOT / "examples" / "pricing.py", tmp_path)
    for name in ("own.py", "pricing.py"):
        done = _check_types(tmp_path / name, site=wheel)
        assert done.returncode == 0, done.stdout
    own.write_text(_USER.replace(": str", ": int"))
    assert "Incompatible types" in _check_types(own, site=wheel).stdout
