"""What depends on private records is marked, with what it means."""

import json
import re

from dpgan_tf import run_files
from dpgan_tf.report import private_parts
from tests.report.test_page import PICTURE

_LEFT = {"left_out": {}, "num_images": 9}


def _files(root):
    files = run_files.RunFiles(root)
    files.private.mkdir()
    return files


def test_scores_stand_below_each_other_with_a_sentence_each(tmp_path):
    files = _files(tmp_path)
    scores = {
        "real_train": _LEFT | {"recall": 0.5, "inception_score": 9.5},
        "released": _LEFT | {"inception_score": 8.5},
    }
    report = {"scores": scores, "classifier": None, "paper": {}}
    files.scores.write_text(json.dumps(report))
    for is_private in (True, False):
        (section,) = private_parts.scores(files, is_private=is_private)
        assert section.is_private == is_private
    titles = re.findall("<th>(.*?)</th>", section.body)
    assert titles == ["", "real training part", "released generator"]
    rows = re.findall("<tr><td>(.*?)<small>(.*?)</small></td>", section.body)
    assert [title for title, _ in rows] == ["Inception score ↑", "recall ↑"]
    assert rows[1][1].startswith("Higher is better. Share of real images")
    values = re.findall('<td data-title="(.*?)">(.*?)</td>', section.body)
    assert [value for _, value in values] == ["9.50", "8.50", "0.500", "-"]


def test_a_run_that_was_not_scored_has_no_scores(tmp_path):
    assert not list(private_parts.scores(_files(tmp_path), is_private=True))


def test_everything_here_is_private(tmp_path):
    files = _files(tmp_path)
    assert not list(private_parts.sections(files, {}))
    files.neighbours.write_bytes(PICTURE)
    files.comparison.write_bytes(PICTURE)
    files.histograms.write_bytes(PICTURE)
    files.associations.write_bytes(PICTURE)
    logs = {
        tag: [(1, 1.0), (2, 0.5)]
        for *_, tags in private_parts._CURVES
        for tag in tags
    } | {"budget/epsilon": [(1, 1.0)]}
    found = list(private_parts.sections(files, logs))
    assert [one.name for one in found] == [
        *("inception", "diversity", "loss", "clipping"),
        *("histograms", "associations", "comparison", "neighbours"),
    ]
    assert all(one.is_private and "<img" in one.body for one in found)
