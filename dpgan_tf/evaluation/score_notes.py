"""What a reader of scores must know of them."""

from collections.abc import Mapping

from dpgan_tf import errors
from dpgan_tf.claim import card_words


def footnote(report: Mapping) -> str:
    """Return the notes that a reader of the scores needs, one per line.

    Args:
      report: result of `run_scores.score_run`.
    """
    lines = _what_with(report)
    for name in card_words.scored(report.get("variety", 1)):
        left_out = report["scores"].get(name, {}).get("left_out", {})
        lines += [
            f"Left out, {metric}: {why}" for metric, why in left_out.items()
        ]
    lines.append(
        "These scores were computed from private records without noise, so "
        "epsilon does not cover them."
    )
    return "\n".join(lines)


def _what_with(report) -> list[str]:
    if "classifier" not in report:
        lines = [f"Data: {report['origin']}; compared with held-out rows."]
        if "target" in report:
            predicted = report["target"] or "each column"
            lines += [
                "Total variation is from the training rows. Learners predict "
                f"{errors.printable(predicted)}."
            ]
        return lines
    if report["classifier"] is None:
        return []
    accuracy = report["classifier"]["test_accuracy"]
    quality = "unknown" if accuracy is None else f"{accuracy:.2%}"
    lines = [f"Scored with our own classifier, test accuracy {quality}."]
    paper = ", ".join(f"{name} {v:.2f}" for name, v in report["paper"].items())
    if paper:
        lines.append(f"The paper's Inception scores: {paper}.")
    return lines
