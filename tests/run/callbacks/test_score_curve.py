"""Scores along the steps: when, of what, and where they stand."""

from dpgan_tf.report import curves


def _require_readable_without_the_end(logs, folder):
    """A crash may leave an unfinished record."""
    for path in logs.glob("events.out.tfevents.*"):
        (folder / path.name).write_bytes(path.read_bytes()[:-5])
    assert curves.read(folder)["budget/epsilon"]


def test_scores_against_steps_are_logged_as_private(labelled, tmp_path):
    logs = curves.read(labelled.files.logs / "private")
    _require_readable_without_the_end(labelled.files.logs / "private", tmp_path)
    points = logs["private/score/inception_score"]
    assert [step for step, _ in points] == [0, 4, 8, 12]
    assert all(1 <= score <= 10 for _, score in points)
    steps, epsilons = zip(*logs["budget/epsilon"], strict=True)
    assert list(epsilons) == sorted(epsilons)
