"""The screen after a run: statement, three numbers in words, places."""

import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import card_words
from dpgan_tf.claim import claim as claims
from dpgan_tf.evaluation import score_text


class _Number(NamedTuple):
    """A score in words.

    Attributes:
      name: the metric's value.
      said: sentence about the released generator.
      compared: what follows if real records have it too.
      note: what follows that.
    """

    name: str
    said: str
    compared: str
    note: str


_NUMBERS = (
    _Number(
        "downstream_cnn",
        "It teaches a classifier {ours}",
        " where real data teach {real}",
        " (accuracy on real images; samples alone were seen).",
    ),
    _Number(
        "fid_classifier",
        "Looks: {ours} from real images",
        ", where other real images are {real}",
        " (FID in our classifier's features; smaller is better).",
    ),
    _Number(
        "recall",
        "Coverage: {ours} of the real images have a sample near them",
        ", where other real images reach {real}",
        ".",
    ),
    _Number(
        "auroc_1",
        "A column is predicted from the others with AUROC {ours}",
        " where real rows teach {real}",
        ".",
    ),
    _Number(
        "boosting_auroc",
        "Trees that saw samples alone predict with AUROC {ours}",
        " where real rows teach {real}",
        ".",
    ),
    _Number(
        "two_way",
        "Pairs of columns have a total variation of {ours} from the training "
        "rows",
        ", and other real rows {real}",
        "; 0 is the same.",
    ),
    _Number(
        "told_from_real",
        "Trees tell samples from real rows with {ours}",
        ", and real rows from others with {real}",
        "; .5 is guessing.",
    ),
    _Number(
        "told_apart",
        "A classifier tells real rows from synthetic ones with {ours}",
        ", and real rows from others with {real}",
        "; .5 is guessing.",
    ),
    _Number(
        "dependent_mean",
        "Dependent columns have a mean correlation of {ours}",
        ", and {real} in real rows",
        ".",
    ),
    _Number(
        "js_score",
        "A discriminator tells samples from real images with a score of {ours}",
        ", and real images have {real}",
        "; 0 is not at all.",
    ),
)
_MOST_NUMBERS = 3
_COVERED = (
    "These numbers come from private records without noise: epsilon does not "
    "cover them."
)


def report(files: run_files.RunFiles) -> dict[str, Any]:
    """Return the outcome of a finished run as JSON values.

    Args:
      files: files of the run.
    """
    claim = _claim(files)
    return {
        "run_dir": str(files.root),
        "release_dir": str(files.release),
        "statement": claim["statement"],
        "epsilon": claim.get("epsilon"),
        "delta": claim["delta"],
        "num_steps": claim["num_steps"],
        "scores": score_text.read(files)["scores"]
        if is_scored(files)
        else None,
    }


def text(files: run_files.RunFiles) -> str:
    """Return the outcome of a finished run for a terminal.

    Args:
      files: files of the run.
    """
    parts = [errors.printable(_claim(files)["statement"])]
    if is_scored(files):
        scored = score_text.read(files)
        said = numbers(scored["scores"]) + of_variety(scored)
        parts.append("\n".join([*said, _COVERED] if said else []))
    else:
        parts.append("Without scores so far: `evaluate` computes them.")
    where = {
        "Release:    ": files.release,
        "Samples:    ": samples(files),
        "Model card: ": files.release / "MODEL_CARD.md",
    }
    parts.append(
        "\n".join(name + errors.printable(p) for name, p in where.items())
    )
    return "\n\n".join(filter(None, parts))


def numbers(scores: Mapping[str, Any]) -> list[str]:
    """Return at most three sentences about what was scored.

    Args:
      scores: values by the name of what was scored.
    """
    found = [
        _sentence(number, scores)
        for number in _NUMBERS
        if scores["released"].get(number.name) is not None
    ]
    return found[:_MOST_NUMBERS]


def of_variety(report: Mapping[str, Any]) -> list[str]:
    """Return what samples teach that are drawn at the other variety.

    Args:
      report: result of `run_scores.score_run`.

    Returns:
      A sentence; none if there is no such variety or classifier.
    """
    name = _NUMBERS[0].name
    varied = report["scores"].get(card_words.varied("released"), {})
    if varied.get(name) is None:
        return []
    variety = score_text.variety(report)
    return [
        f"Samples of --variety={variety:g} teach a classifier "
        f"{_shown(varied[name])}."
    ]


def _sentence(number: _Number, scores: Mapping[str, Any]) -> str:
    text = number.said.format(ours=_shown(scores["released"][number.name]))
    for part in ("real_test", "real_train"):
        real = scores.get(part, {}).get(number.name)
        if real is not None:
            return (
                text + number.compared.format(real=_shown(real)) + number.note
            )
    return text + number.note


def samples(files: run_files.RunFiles) -> pathlib.Path:
    """Return the file of the samples that are released.

    Args:
      files: files of the run.
    """
    picture = files.release / "samples.png"
    return picture if picture.exists() else files.release / "samples.csv"


def is_table(files: run_files.RunFiles) -> bool:
    """Return whether a run's records are rows of a table.

    Args:
      files: files of the run.
    """
    return samples(files).suffix == ".csv"


def is_scored(files: run_files.RunFiles) -> bool:
    """Return whether a run has scores.

    Args:
      files: files of the run.
    """
    return files.scores.exists()


def _claim(files: run_files.RunFiles) -> dict[str, Any]:
    return run_files.read_json(files.release / claims.FILE_NAME, claims.SHOWN)


def _shown(value: float | None) -> str:
    return score_text.number(value)
