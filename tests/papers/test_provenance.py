"""Which commit a number comes from, and whether its code was changed."""

import subprocess

import pytest

from dpgan_tf.papers import provenance


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "_ROOT", tmp_path)

    def git(*arguments):
        name = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, check=True)

    git("init", "-q")
    for folder in ("code", "runs/results"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file").write_text("old")
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    return tmp_path


def test_changed_code_is_marked_and_changed_results_are_not(checkout):
    found = provenance.commit()
    assert len(found) == 12
    (checkout / "runs/results/file").write_text("new")
    assert provenance.commit() == found
    (checkout / "code/file").write_text("new")
    assert provenance.commit() == f"{found}+"


def test_without_a_checkout_it_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "_ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert provenance.commit() == "unknown"
