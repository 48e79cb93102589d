"""Tables of CelebA and LSUN, on a few pictures that take their place."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from dpgan_tf import __main__ as main
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import store as picture_store
from dpgan_tf.data.pictures import units as picture_units
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import compute
from dpgan_tf.papers import definitions
from dpgan_tf.papers import pictures
from dpgan_tf.papers import workshop as workshops

NUM = 100
PUBLIC_FRACTION = 0.3


def write_pictures(root, classes):
    rng = np.random.default_rng(0)
    for i in range(NUM):
        folder = root / classes[i % len(classes)]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, [20, 24, 3], np.uint8)
        Image.fromarray(pixels).save(folder / f"{i}.png")
    return root


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Where pictures stand under the names of the paper's data sets."""
    root = tmp_path_factory.mktemp("data")
    for name, size, classes in (
        ("celeb_a", 48, [""]),
        ("lsun_l", 64, ["bedroom", "kitchen", "tower"]),
    ):
        source = write_pictures(root / name, classes)
        picture_store.build(
            own_pictures.open_source(source),
            root / f"{name}_{size}",
            picture_units.Plan(
                size=size, channels=3, test_fraction=0.3, seed=0
            ),
            skip_unusable=False,
            num_processes=1,
        )
    return root


def tiny(recipe):
    return recipes.change(
        recipe,
        {
            "networks.critic_width": 4,
            "networks.generator_width": 4,
            "data.public_fraction": PUBLIC_FRACTION,
            # About .7 (1 - PUBLIC_FRACTION) NUM: by chance it is 44 or 51 here.
            "data.num_private_examples": 48,
            "steps.expected_batch_size": 8,
            "steps.chunk_size": 8,
            "clipping.batch_size": 4,
            "steps.generator_batch_size": 4,
            "warm_start.num_steps": 1,
            "steps.num_steps": recipe.steps.num_critic_steps,
            "scoring.num_samples": 30,
        },
    )


@pytest.fixture
def workshop(data_dir, tmp_path):
    return workshops.Workshop(
        runs_dir=tmp_path / "runs",
        data_dir=data_dir,
        command="make tiny",
        shrink=tiny,
        baseline_steps=1,
        few_labels=semi_supervised.Setting(num_steps=6, batch_size=10),
    )


@pytest.mark.slow
def test_images_without_labels_have_a_table_of_jensen_shannon_scores(
    workshop, tmp_path
):
    table = compute.some_rows(
        definitions.SCORE_TABLES["3"], ["celeba_real", "celeba"]
    )
    content = compute.score_table_of(table, workshop, seeds=[0])
    assert list(content["columns"]) == ["js_score", "js_score_printed"]
    for row in content["rows"]:
        assert 0 <= row["values"]["js_score"][0] < 0.3114
    text = compute.markdown(content)
    assert "(0.28)" in text and "Table 7" in text
    pictures.save_grid(workshop, table.rows[1], tmp_path / "x.png", seed=0)
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.mode == "RGB"


@pytest.mark.slow
def test_scenes_have_inception_scores_and_classifiers_of_few_labels(workshop):
    scores = compute.some_rows(
        definitions.SCORE_TABLES["2_lsun_l"],
        ["lsun_l_real", "lsun_l_public_only"],
    )
    content = compute.score_table_of(scores, workshop, seeds=[0])
    assert "inception_score" in content["columns"]
    table = dataclasses.replace(
        definitions.LABELS_TABLES["5"],
        rows=scores.rows[1:],
        paper={9: {"supervised": 0.5}},
    )
    content = compute.labels_table_of(table, workshop, seeds=[0])
    (row,) = content["rows"]
    assert set(row["values"]) == {"supervised", "lsun_l_public_only"}


def test_every_strategy_is_a_row_of_its_own():
    rows = definitions.SCORE_TABLES["10"].rows
    assert len({row.name for row in rows}) == len(rows)
    configs = [row.recipe for row in rows if row.kind == "private"]
    assert len(set(configs)) == len(configs) == 6


@pytest.mark.parametrize(
    ("number", "needed"),
    [
        ("3", "prepare-data --dataset=celeb_a"),
        ("10", "prepare-data --dataset=celeb_a"),
        ("5", "prepare-data --dataset=lsun_l"),
        ("2_lsun_l", "prepare-data --dataset=lsun_l"),
    ],
)
def test_what_is_missing_is_named_with_the_remedy(
    number, needed, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main.main(["table", f"--number={number}", "--seeds=0"]) == 2
    said = capsys.readouterr().err
    assert needed in said
    assert len(said.strip().splitlines()) == 1
