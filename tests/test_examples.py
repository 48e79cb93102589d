"""The examples run, each on tiny inputs, as a reader would start them."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from dpgan_tf.claim import check
from dpgan_tf.models import networks
from dpgan_tf.privacy.ledger import ledger
from dpgan_tf.release import export
from tests.claim import releases

_ROOT = pathlib.Path(__file__).parents[1]
_EXAMPLES = _ROOT / "examples"
_LONGEST = 120


def _run(name, *arguments):
    return subprocess.run(
        [sys.executable, _EXAMPLES / f"{name}.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
    )


def _output(name, *arguments):
    done = _run(name, *arguments)
    assert not done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def release_dir(tmp_path_factory):
    """The release of a labelled generator whose claim holds."""
    root = releases.make_run(tmp_path_factory.mktemp("example") / "run")
    folder = root / "release"
    (folder / "privacy.json").unlink()
    shutil.rmtree(folder / "generator")
    generator = networks.build_generator(
        (28, 28, 1), latent_dim=3, width=2, num_classes=4
    )
    export.export_generator(
        generator, folder / "generator" / "1", latent_dim=3, num_classes=4
    )
    releases.write_card(root)
    releases.write_claim(root)
    return folder


@pytest.mark.parametrize("path", sorted(_EXAMPLES.glob("*.py")))
def test_an_example_is_short(path):
    assert len(path.read_text().splitlines()) <= _LONGEST


def test_own_networks_get_a_release_whose_card_verifies(tmp_path):
    run_dir = tmp_path / "run"
    said = _output("own_critic", f"--run_dir={run_dir}", "--recipe=quick")
    assert "verified: True" in said
    assert "samples: (16, 12, 12, 1)" in said
    findings = check.check_run(run_dir)
    assert all(found.ok for found in findings), findings
    assert ledger.read(run_dir / "private" / "ledger.jsonl").charged_steps == 3


def test_an_own_loop_spends_its_budget_and_no_more(tmp_path):
    run_dir = tmp_path / "run"
    said = _output("own_loop", f"--run_dir={run_dir}", "--num_steps=8")
    assert "This release is (4, 1e-05)-differentially private" in said
    entries = ledger.read(run_dir / "private" / "ledger.jsonl")
    assert (entries.charged_steps, entries.num_kept) == (8, 8)
    assert (run_dir / "release" / "generator" / "1" / "saved_model.pb").exists()
    findings = check.check_release(run_dir / "release")
    # The card of a run has the settings of a recipe, and this run has none.
    assert {found.name for found in findings if not found.ok} <= {"card"}


def test_pricing_gives_the_steps_that_the_noise_was_solved_for():
    said = _output("pricing", "--num_steps=300", "--batch_size=100")
    assert re.search(r"^  1 times that noise: 3\d\d steps$", said, re.M)
    rdp, pld = re.findall(r"half of the steps, \w+: ([\d.]+)", said)
    assert float(pld) < float(rdp) < 4


def test_a_release_is_sampled_and_teaches_a_classifier(release_dir, tmp_path):
    test = tmp_path / "test.npz"
    rng = np.random.default_rng(0)
    np.savez(
        test,
        x_test=rng.integers(0, 256, (20, 28, 28), np.uint8),
        y_test=np.arange(20) % 4,
    )
    output = tmp_path / "samples.npz"
    said = _output(
        *("use_release", f"--release_dir={release_dir}", f"--output={output}"),
        *("--num_samples=150", f"--test={test}"),
    )
    assert "differentially private" in said
    assert "accuracy on real test images after samples alone: " in said
    with np.load(output) as samples:
        assert samples["images"].shape == (150, 28, 28, 1)
        np.testing.assert_array_equal(samples["labels"], np.arange(150) % 4)


def test_a_release_that_was_changed_is_not_loaded(release_dir, tmp_path):
    changed = tmp_path / "release"
    shutil.copytree(release_dir, changed)
    (changed / "samples.png").write_bytes(b"another picture")
    output = tmp_path / "samples.npz"
    done = _run("use_release", f"--release_dir={changed}", f"--output={output}")
    assert done.returncode == 1
    assert "FAILED file samples.png" in done.stderr
    assert not output.exists()
