"""A neighbour's run releases the same bytes, given the same noisy sums.

`make replay` tries all families on six neighbours each.
"""

import pathlib

import numpy as np
import pytest

from dpgan_tf.config import presets
from dpgan_tf.privacy.summary import exponential
from dpgan_tf.run import auto
from dpgan_tf.run import data
from tests.replay import cases
from tests.replay import compare
from tests.replay import data_sets
from tests.replay import families
from tests.replay import hooks
from tests.replay import releases

SLOW = [
    ("mnist_quick", "first"),  # public records, bounds from them, groups
    ("dpgan_ehr", "largest"),
    ("mnist_surrogate", "last"),  # 501 records have one chunk more than 500
    ("stretched", "largest"),  # seen in a range of pixels
    ("poisoned_stretched", "extreme"),
    ("mnist_features", "only"),
    ("mnist_decoupled", "middle"),
    ("two_replicas", "first"),
    ("poisoned", "extreme"),
    ("photos_48", "only"),
    ("auto_table", "largest"),
    ("auto_typed", "only"),  # marginals of chosen pairs
]


@pytest.mark.parametrize(
    ("family", "role"),
    [
        ("marginals", "only"),  # a summary and steps
        *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW),
    ],
)
def test_a_neighbour_releases_the_same(family, role, tmp_path):
    result = cases.run(family, role, tmp_path)
    assert not result.problem
    assert releases.STEPS in result.moved
    assert all(share <= 1 for share in result.moved.values())
    if not families.ALL[family].is_poisoned:
        assert all(share > 0.01 for share in result.moved.values())


def test_every_preset_and_recipe_has_a_family():
    names = [*presets.names(), *auto.NAMES]
    for name in names:
        assert any(family.startswith(name) for family in families.ALL), name


@pytest.mark.parametrize(
    "name", ["mnist_quick", "labels", "auto_table", "auto_typed"]
)
def test_a_neighbour_lacks_a_private_record_and_no_other(
    name, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("data").mkdir()
    family = families.ALL[name]
    made = family.records()
    apart = np.delete(made.examples, made.numbers, axis=0)
    assert len(apart) > 10  # public or held out
    for role in (None, *data_sets.ROLES):
        family.write(made.without(role))
        found = data.load(family.recipe(), data_dir="data")
        private = made.numbers
        if role is not None:
            private = np.delete(private, made.place(role))
        np.testing.assert_array_equal(
            found.private.examples, made.examples[private]
        )
        np.testing.assert_array_equal(
            found.dataset.test_rows
            if found.public is None
            else found.public.examples,
            apart,
        )


def test_one_record_alone_has_the_class_or_the_code_or_the_count():
    images = data_sets.images(fraction=0.05)
    label = data_sets.NUM_CLASSES - 1
    assert label in images.labels
    assert label not in images.without("only").labels
    rows = data_sets.rows()
    assert rows.examples[:, -1].any()
    assert not rows.without("only").examples[:, -1].any()
    assert rows.examples.max() == data_sets.LARGEST_COUNT
    assert rows.without("largest").examples.max() < data_sets.LARGEST_COUNT


def _folder(root, content=b"12345", *, name="run/model"):
    for part in ("run/private", "run/release", "data"):
        (root / part).mkdir(parents=True)
    (root / "run/release/privacy.json").write_bytes(b"{}")
    (root / name).write_bytes(content)
    return root


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, ""),
        ({"content": b"12x45"}, "run/model: differs at byte 2 (5 and 5 bytes)"),
        ({"content": b"1234"}, "run/model: differs at byte 4 (5 and 4 bytes)"),
        ({"name": "run/other"}, "run/model: only one run has it"),
    ],
)
def test_the_first_difference_is_named(other, said, tmp_path):
    one, two = _folder(tmp_path / "a"), _folder(tmp_path / "b", **other)
    (one / "run/private/losses").write_bytes(b"private")
    (two / "data/classifier").write_bytes(b"private")
    assert compare.first_difference(one, two) == said


def test_another_mode_and_a_missing_claim_are_differences(tmp_path):
    one, two = _folder(tmp_path / "a"), _folder(tmp_path / "b")
    (one / "run/model").chmod(0o600)
    (two / "run/model").chmod(0o644)
    assert "run/model: has mode" in compare.first_difference(one, two)
    (two / "run/model").chmod(0o600)
    for folder in (one, two):
        (folder / "run/release/privacy.json").unlink()
    assert "is missing" in compare.first_difference(one, two)


def _release(value, deviation):
    value = np.array(value, np.float64)
    return releases.Release([value], np.array([deviation]), [value])


def _choice(scores, multiplier):
    return releases.Release(
        [np.array(scores)], np.array([multiplier]), [np.array([1])]
    )


def test_a_choice_counts_as_a_sum_that_moves_as_its_scores(tmp_path):
    """By hand: .5 over 4, twice, beside .2 over 1, times 1.6."""
    folder = _folder(tmp_path / "run")
    (folder / "run/release/privacy.json").write_text(
        '{"effective_noise_multiplier": 1.0, "summary_noise_multiplier": 1.6}'
    )
    names = ["choice-000000", "choice-000001"]
    one = {name: _choice([1.0, 5.0], 4.0) for name in names}
    other = {name: _choice([1.5, 4.9], 4.0) for name in names}
    one["summary-00-000000"] = _release([0.0], 1.0)
    other["summary-00-000000"] = _release([0.2], 1.0)
    found = compare.moves(folder, one, other)["summary"]
    assert found == pytest.approx(1.6 * np.sqrt(2 / 64 + 0.04))
    other[names[1]] = _choice([2.1, 5.0], 4.0)
    assert compare.moves(folder, one, other)["summary"] == np.inf


def test_a_choice_is_recorded_and_then_repeated(tmp_path):
    scores, others = np.array([0.0, 1e9]), np.array([1e9, 0.0])
    rng = np.random.default_rng(0)
    words = iter(rng.integers(0, 2**64, 1_000, np.uint64).tolist())
    settings = {"noise_multiplier": 1e-6, "words": words}
    first = hooks.Exchange(None)
    with first.patched():
        assert exponential.choose(scores, **settings) == 1
    path = tmp_path / "releases.npz"
    releases.write(path, first.taken)
    second = hooks.Exchange(path)
    with second.patched():
        assert exponential.choose(others, **settings) == 1
    [(name, taken)] = second.taken.items()
    assert name == "choice-000000"
    np.testing.assert_array_equal(taken.values[0], others)
    assert exponential.choose(others, **settings) == 0


def test_a_sum_is_measured_in_units_of_its_noise(tmp_path):
    """By hand: 3 and 4 over 10 make .5, times 1.6; and 2 over 4, times 1."""
    folder = _folder(tmp_path / "run")
    (folder / "run/release/privacy.json").write_text(
        '{"effective_noise_multiplier": 1.0, "summary_noise_multiplier": 1.6}'
    )
    names = [f"summary-00-00000{i}" for i in range(2)]
    steps = [f"mechanism-00-00000{i}" for i in range(2)]
    one = {name: _release([0.0, 0.0], 10.0) for name in names}
    other = {
        names[0]: _release([3.0, 0.0], 10.0),
        names[1]: _release([0.0, -4.0], 10.0),
    }
    one |= {name: _release([0.0], 4.0) for name in steps}
    # Steps of odd number are drawn by each run for itself.
    other |= {steps[0]: _release([2.0], 4.0), steps[1]: _release([9.0], 4.0)}
    path = tmp_path / "releases.npz"
    releases.write(path, other)
    moved = compare.moves(folder, one, releases.read(path))
    assert moved == pytest.approx({"mechanism": 0.5, "summary": 0.8})
