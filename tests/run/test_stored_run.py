"""Runs on prepared pictures, which are read from the disk step by step."""

import dataclasses
import json

import numpy as np
import pytest
from PIL import Image

from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text
from dpgan_tf.release import sampling
from dpgan_tf.report import page
from dpgan_tf.run import training
from tests import tiny_run
from tests.data.pictures import pets

NUM = 120
CLASSES = ("cats", "dogs", "empty")
SETTINGS = tiny_run.SETTINGS | {
    "networks.conditional": True,
    "grouping.num_groups": 3,
    "data.public_fraction": 0.2,
    "data.num_private_examples": 88,
    "steps.expected_batch_size": 10,
    "steps.num_critic_steps": 1,
    "steps.num_steps": 2,
    "warm_start.num_critic_steps": 1,
    "steps.checkpoint_every": 2,
    "budget.target_epsilon": 10.0,
}


@pytest.fixture
def pictures(tmp_path):
    """A folder of pictures of two classes, and a third without any."""
    source = tmp_path / "pets"
    (source / CLASSES[2]).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for i in range(NUM):
        path = source / CLASSES[i % 2] / f"{i:03}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 256, [9, 9, 3], np.uint8)).save(path)
    with pets.here():
        pets.build(
            source,
            tmp_path / "pets_8",
            plan=dataclasses.replace(pets.PLAN, test_fraction=0.1),
        )
    return tmp_path


def _config(folder, **changes):
    values = SETTINGS | {"data.source": str(folder / "pets_8")} | changes
    texts = {name: str(value) for name, value in values.items()}
    return config_text.change(presets.get("photos_48"), texts)


def _train(folder, **options):
    return training.train(
        _config(folder), run_dir=folder / "run", data_dir=folder, **options
    )


def test_pictures_in_classes_are_trained_on_to_a_release(pictures):
    files = _train(pictures, with_scores=False)
    findings = claim_check.check_run(files.root)
    assert findings and all(finding.ok for finding in findings)
    generator = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    assert generator.num_classes == len(CLASSES)
    assert generator.example_shape == (8, 8, 3)
    card = (files.release / "MODEL_CARD.md").read_text()
    assert f"% {len(CLASSES)}" in card


@pytest.mark.slow
def test_pictures_in_classes_are_scored_and_reported(pictures):
    files = _train(pictures)
    scores = json.loads(files.scores.read_text())["scores"]["released"]
    assert len(scores["class_shares"]) == len(CLASSES)
    assert 0 <= scores["downstream_cnn"] <= 1
    assert set(scores["left_out"]) == {"frechet"}
    assert "Left out, frechet" in page.build(files)
