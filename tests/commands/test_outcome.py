"""The screen after a run: statement, numbers in words, places."""

import pytest

from dpgan_tf import run_files
from dpgan_tf.commands import outcome
from tests.claim import releases

SCORES = {
    "real_train": {"downstream_cnn": 0.9912},
    "real_test": {"fid_classifier": 0.5, "recall": 0.9},
    "released": {
        "downstream_cnn": 0.976,
        "fid_classifier": 12.34,
        "recall": 0.77,
        "js_score": 0.2,
    },
}


@pytest.fixture
def files(tmp_path):
    releases.make_run(tmp_path)
    return run_files.RunFiles(tmp_path)


def test_three_numbers_are_compared_with_real_records():
    first, second, third = outcome.numbers(SCORES)
    assert first.startswith(
        "It teaches a classifier 0.976 where real data teach 0.991"
    )
    assert "12.34 from real images" in second and "0.500" in second
    assert "0.770 of the real images" in third and "0.900" in third


def test_what_samples_of_the_other_variety_teach_is_said():
    scores = SCORES | {"released_varied": {"downstream_cnn": 0.9834}}
    report = {"scores": scores, "variety": 1.5}
    assert outcome.of_variety(report) == [
        "Samples of --variety=1.5 teach a classifier 0.983."
    ]
    assert outcome.of_variety({"scores": SCORES}) == []
    report["scores"]["released_varied"] = {"downstream_cnn": None}
    assert outcome.of_variety(report) == []


def test_without_held_out_records_there_is_nothing_to_compare_with():
    scores = {"released": {"fid_classifier": 9.0, "js_score": 0.2}}
    looks, told = outcome.numbers(scores)
    assert looks.startswith("Looks: 9.00 from real images (FID in our")
    assert told.endswith("a score of 0.200; 0 is not at all.")
    scores["real_test"] = {"js_score": 0.01}
    assert "0.200, and real images have 0.010;" in outcome.numbers(scores)[1]


def test_rows_have_numbers_of_their_own():
    names = ("auroc_1", "told_apart", "dependent_mean")
    scores = {
        part: dict.fromkeys(names, value)
        for part, value in (("real_test", 0.5), ("released", 0.6))
    }
    assert len(outcome.numbers(scores)) == 3


def test_typed_rows_have_numbers_of_their_own():
    """Each is compared with the part that is not what it is compared with."""
    scores = {
        "real_train": {"boosting_auroc": 0.9, "told_from_real": 0.51},
        "real_test": {"two_way": 0.02},
        "released": {
            "boosting_auroc": 0.87,
            "two_way": 0.05,
            "told_from_real": 0.7,
        },
    }
    teach, pairs, told = outcome.numbers(scores)
    assert teach.endswith("with AUROC 0.870 where real rows teach 0.900.")
    assert "0.050 from the training rows, and other real rows 0.020" in pairs
    assert "with 0.700, and real rows from others with 0.510" in told


def test_a_run_without_scores_says_how_to_get_them(files):
    said = outcome.text(files)
    assert "`evaluate` computes them" in said
    assert "differentially private" in said
    assert f"Release:    {files.release}" in said
    assert outcome.report(files)["scores"] is None
    assert outcome.report(files)["epsilon"] > 0
    assert not outcome.is_scored(files) and not outcome.is_table(files)


def test_scores_are_said_to_be_uncovered(files):
    rows = {
        name: {"num_images": 10, "left_out": {}} | row
        for name, row in SCORES.items()
    }
    run_files.write_json(
        files.scores, {"scores": rows, "classifier": None, "paper": {}}
    )
    said = outcome.text(files)
    assert "0.976" in said and "epsilon does not cover them" in said.replace(
        "\n", " "
    )
    assert outcome.report(files)["scores"]["released"]["recall"] == 0.77
