"""How scores are shown, and which files are scores."""

import math
import pathlib

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.evaluation import score_text

_RECORDED = pathlib.Path(__file__).parents[2] / "runs" / "results"


def _report(**rows):
    return {
        "dataset": "toy",
        "classifier": {"test_accuracy": None},
        "paper": {},
        "scores": {
            name: {"num_images": 1_000, "left_out": {}} | row
            for name, row in rows.items()
        },
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, "-"), (math.nan, "-"), (math.inf, "-")),
        *((0, "0.000"), (1.9994, "1.999"), (2.0, "2.00")),
        *((-3, "-3.00"), (12345.678, "12345.68")),
    ],
)
def test_numbers_have_three_digits_below_two_and_two_above(value, text):
    assert score_text.number(value) == text


def test_rows_and_columns_stand_in_the_order_of_tables():
    report = _report(
        released={"precision": 0.5, "inception_score": 8.5},
        real_train={"inception_score": 9.5},
    )
    header, rows = score_text.cells(report)
    assert header == ["", "Inception score ↑", "precision ↑"]
    assert rows == [
        ["real training part", "9.50", "-"],
        ["released generator", "8.50", "0.500"],
    ]


def test_both_ends_of_variety_have_a_row_with_the_number():
    report = _report(
        released={"precision": 0.5}, released_varied={"precision": 0.25}
    )
    report["variety"] = 1.5
    assert score_text.cells(report)[1] == [
        ["released generator", "0.500"],
        ["released, variety 1.5", "0.250"],
    ]
    assert [name for name, *_ in score_text.card_rows(report)] == [
        "precision ↑, released generator",
        "precision ↑, released, variety 1.5",
    ]
    assert "released, variety 1.5" in score_text.text(report)


def test_a_long_title_has_its_room():
    report = _report(non_private_varied={"recall": 0.5}) | {"variety": 1.25}
    title, value = score_text.text(report).splitlines()[1].rsplit(" ", 1)
    assert title.strip() == "GAN without privacy, variety 1.25"
    assert title.endswith("  ") and value == "0.500"


@pytest.mark.parametrize("variety", [0, -1, 4.5, "1.5", None, True])
def test_a_report_of_an_impossible_variety_is_damaged(tmp_path, variety):
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    run_files.write_json(files.scores, _report() | {"variety": variety})
    with pytest.raises(errors.UserError, match="evaluate --run_dir"):
        score_text.read(files)


def test_an_arrow_says_what_is_better_where_that_is_known():
    report = _report(released={"fid_classifier": 1.0, "diversity": 1.0})
    header, _ = score_text.cells(report)
    assert header == ["", "FID-classifier ↓", "diversity"]
    assert "FID-classifier ↓  diversity" in score_text.text(report)


def test_each_score_has_a_sentence():
    report = _report(released={"recall": 1.0, "diversity": 1.0})
    recall, diversity = score_text.described(report)
    assert recall.shown == "recall ↑"
    assert recall.meaning == (
        "Higher is better. Share of real images that look like these."
    )
    assert diversity.shown == "diversity"
    assert diversity.meaning.startswith("Distance of two samples")


def test_a_card_has_no_row_of_what_was_not_scored():
    report = _report(real_train={"precision": None}, released={"recall": 0.25})
    assert score_text.card_rows(report) == [
        ("precision ↑, real training part", "-", "1,000 images"),
        ("recall ↑, released generator", "0.250", "1,000 images"),
    ]


def test_more_than_six_columns_are_shown_in_parts():
    known = list(score_text._titles().items())[:7]
    values = {name: 1.0 for name, _ in known}
    first, second, _ = score_text.text(_report(released=values)).split("\n\n")
    titles = [title for _, title in known]
    assert all(title in first for title in titles[:6])
    assert titles[6] not in first and titles[6] in second


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"num_images": -1, "left_out": {}},
        {"num_images": 1, "left_out": []},
        {"num_images": 1, "left_out": {}, "recall": "high"},
        {"num_images": 1, "left_out": {}, "class_shares": [None]},
    ],
)
def test_a_damaged_report_is_named(tmp_path, row):
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    report = _report() | {"scores": {"released": row}}
    run_files.write_json(files.scores, report)
    with pytest.raises(errors.UserError, match="evaluate --run_dir"):
        score_text.read(files)


def test_recorded_scores_still_read():
    cells = sorted(_RECORDED.glob("*/*_seed_*.json"))
    assert cells
    num_read = 0
    for path in cells:
        values = run_files.read_json(path)["values"]
        if "left_out" not in values:  # A cell of another kind.
            continue
        problem = score_text.rows_kind().problem_of({"released": values})
        assert not problem, f"{path}: {problem}"
        assert score_text.columns([values])
        num_read += 1
    assert num_read > 10
