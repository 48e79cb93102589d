"""Notes below scores."""

from dpgan_tf.evaluation import score_notes

_IMAGES = {"classifier": {"test_accuracy": None}, "paper": {"real": 9.96}}
_COVERED = "epsilon does not cover them."


def test_what_was_left_out_is_said_in_the_order_of_rows():
    scores = {
        "released": {"left_out": {"recall": "too few."}},
        "real_train": {"left_out": {"frechet": "none."}},
    }
    *_, first, second, last = score_notes.footnote(
        _IMAGES | {"scores": scores}
    ).splitlines()
    assert first == "Left out, frechet: none."
    assert second == "Left out, recall: too few."
    assert last.endswith(_COVERED)


def test_images_have_their_classifier_and_the_papers_scores():
    note = score_notes.footnote(_IMAGES | {"scores": {}})
    assert "test accuracy unknown" in note and "real 9.96" in note
    known = {"classifier": {"test_accuracy": 0.5}, "paper": {}, "scores": {}}
    assert "50.00%" in score_notes.footnote(known)
    without = {"classifier": None, "paper": {}, "scores": {}}
    (only,) = score_notes.footnote(without).splitlines()
    assert only.endswith(_COVERED)


def test_rows_have_their_origin_and_typed_rows_what_is_predicted():
    counts = {"origin": "a file", "scores": {}}
    assert score_notes.footnote(counts).startswith("Data: a file; compared")
    assert "Learners" not in score_notes.footnote(counts)
    typed = counts | {"target": "died"}
    assert "Learners predict died." in score_notes.footnote(typed)
    typed = counts | {"target": ""}
    assert "Learners predict each column." in score_notes.footnote(typed)
