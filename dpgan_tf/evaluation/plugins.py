"""Finds and runs metrics: modules that hold one `METRIC` each.

A metric may come from anyone. If it raises an error or returns something wrong,
its scores are undefined with a reason in one line, and everything else goes
on: hours of training must not be lost because of a score.
"""

import dataclasses
import importlib
import inspect
import json
import math
import numbers
import pkgutil
import warnings
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import progress
from dpgan_tf.claim import card_words

_ATTRIBUTES: dict[str, Any] = {
    "name": str,
    "columns": Mapping,
    "larger_is_better": Mapping,
    "sentences": Mapping,
    "needs": Set,
    "compared_with": str | None,
    "order": numbers.Real,
    "is_default": bool,
    "run": Callable,
}
_LONGEST_REASON = 200
_LONGEST_NAME = 100
_LARGEST_INTEGER = 2**63
"""Larger integers are written as floats, since readers take 64 bits."""
_DEEPEST = 4
"""Depth of nested lists that a score may have."""
_LARGEST = 2**20
"""Number of characters that one metric's scores may have in a file."""
_RESERVED = frozenset({"left_out", "num_images", "num_rows"})
"""Names in a row of scores that do not belong to a metric."""


@dataclasses.dataclass(kw_only=True)
class Broken:
    """Replaces a metric that cannot be loaded, and says why.

    Attributes:
      name: the module's name.
      reason: why it cannot be loaded.
    """

    name: str
    reason: str
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    order: float = math.inf

    def run(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Raise UserError with the reason."""
        del args, kwargs
        raise errors.UserError(self.reason)


def discover(
    package: str,
    path: Sequence[str],
    *,
    like: type,
) -> dict[str, Any]:
    """Return the metrics of a package by name, in the order of a table.

    Args:
      package: the package's name.
      path: the package's folders.
      like: class with the defaults of attributes that a metric leaves out.
    """
    modules = [info.name for info in pkgutil.iter_modules(path)]
    found = sorted(
        (_load(package, name, like) for name in modules),
        key=lambda metric: metric.order,
    )
    return {metric.name: metric for metric in found}


def judge(
    metrics: Sequence[Any],
    run: Callable[[Any], Mapping[str, Any]],
    *,
    title: str,
) -> dict[str, Any]:
    """Run metrics, and report which could not be run and why.

    Args:
      metrics: objects with a `name` and `columns`.
      run: function of a metric that returns its values by name, or raises
        `UserError` if it cannot.
      title: name of what is scored, for the progress bar.

    Returns:
      The values of all metrics: finite numbers, lists of them, or None if
      undefined; and under `left_out` the reason for each metric that failed,
      wholly or in part.
    """
    values: dict[str, Any] = {}
    left_out = {}
    owners: dict[str, str] = {}
    for metric in metrics:
        for column in metric.columns:
            owners.setdefault(column, metric.name)
    with progress.bar(
        f"scores, {title}", total=len(metrics), unit="metric"
    ) as bar:
        for metric in metrics:
            bar.set_postfix_str(metric.name)
            found, reason = attempt(metric, run)
            for name, value in found.items():
                if owners.setdefault(name, metric.name) != metric.name:
                    reason = f"{name} is a score of {owners[name]}."
                elif value is not None or name not in values:
                    values[name] = value
            if reason:
                left_out[metric.name] = reason
            bar.update()
    return values | {"left_out": left_out}


def attempt(
    metric: Any, run: Callable[[Any], Mapping[str, Any]]
) -> tuple[dict[str, Any], str]:
    """Run one metric.

    Args:
      metric: a metric as in `judge`.
      run: function as in `judge`.

    Returns:
      The metric's values as in `judge`, and why some are undefined, or an
      empty text. A metric that raises UserError has no values.
    """
    with interrupts.heeded() as asked:
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                # NaN and division by zero show in the values.
                warnings.simplefilter("ignore", RuntimeWarning)
                return _defined(metric, run(metric))
        except errors.UserError as error:
            return {}, _one_line(_text_of(error))
        except BaseException as error:  # A metric may raise anything.
            if asked:
                raise
            reason = f"undefined here ({_described(error)})."
            return dict.fromkeys(metric.columns), _one_line(reason)


def _defined(metric, answer) -> tuple[dict[str, Any], str]:
    """Return the values as JSON values, and what is wrong with some."""
    if not isinstance(answer, Mapping):
        raise TypeError(
            f"it returned {type(answer).__name__}; expected values by name"
        )
    values: dict[str, Any] = {}
    reasons = []
    for key, value in answer.items():
        name = errors.printable(key, largest=_LONGEST_NAME)
        if name in _RESERVED:
            reasons.append(f"{name} is no name for a score")
            continue
        depth = 0 if key in metric.columns else _DEEPEST
        values[name], wrong = _as_json(value, depth=depth)
        if not isinstance(key, str):
            wrong = "not named by a text"
        if wrong:
            values[name] = None
            reasons.append(f"{name} is {wrong}")
    _require_bearable(values)
    reason = f"undefined here ({', '.join(reasons)})." if reasons else ""
    return values, _one_line(reason)


def _require_bearable(values) -> None:
    size = len(json.dumps(values, allow_nan=False))
    if size > _LARGEST:
        raise ValueError(
            f"its scores have {size:,} characters; expected at most "
            f"{_LARGEST:,}"
        )


def _as_json(value, *, depth) -> tuple[Any, str]:
    """Return a number or list of numbers, and what is wrong with the value.

    Args:
      value: a metric's value.
      depth: allowed depth of nested lists; 0 for a number only.
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if depth and isinstance(value, list | tuple):
        return _as_list(value, depth=depth)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None, "not a number"
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return None, str(number)
    if isinstance(value, int) and abs(value) < _LARGEST_INTEGER:
        return int(value), ""
    return number, ""


def _as_list(value, *, depth) -> tuple[list[Any] | None, str]:
    if depth == 1 and any(isinstance(part, list | tuple) for part in value):
        return None, f"a list nested more than {_DEEPEST} levels deep"
    parts = [_as_json(part, depth=depth - 1) for part in value]
    return [p for p, _ in parts], next((w for _, w in parts if w), "")


def _load(package, name, like) -> Any:
    """Return the metric of a module, or a `Broken` one in its place."""
    with interrupts.heeded() as asked:
        try:
            module = importlib.import_module(f"{package}.{name}")
            _complete(module.METRIC, like)
            _require_usable(module.METRIC, inspect.getsource(module))
            return module.METRIC
        except BaseException as error:  # A module may raise anything.
            if asked:
                raise
            reason = f"cannot be loaded ({_described(error)})."
            broken = Broken(name=name, reason=_one_line(reason))
            _complete(broken, like)
            return broken


def _complete(metric, like) -> None:
    """Add the attributes that a metric leaves out."""
    for attribute in _ATTRIBUTES:
        if not hasattr(metric, attribute) and hasattr(like, attribute):
            setattr(metric, attribute, getattr(like, attribute))


def _require_usable(metric, source) -> None:
    for attribute, kind in _ATTRIBUTES.items():
        if not isinstance(getattr(metric, attribute, None), kind):
            raise TypeError(f"METRIC has no usable {attribute}")
    for name in (metric.name, *metric.columns, *metric.columns.values()):
        if not isinstance(name, str) or not name.isprintable():
            raise TypeError(f"METRIC has a name that is not a text: {name!r}")
        if name in _RESERVED:
            raise ValueError(f"METRIC has a reserved name: {name}")
    for attribute in ("columns", "larger_is_better", "sentences"):
        literals = card_words.literals_in(source, attribute)
        if dict(getattr(metric, attribute)) != literals:
            raise ValueError(
                f"{attribute} of METRIC are not literals in its module"
            )


def _described(error: BaseException) -> str:
    kind, text = type(error).__name__, _text_of(error)
    return kind if text == kind else f"{kind}: {text}"


def _text_of(error: BaseException) -> str:
    """Return the first line of any error's message."""
    try:
        return errors.first_line(error)
    except BaseException:  # Signals are recorded by the caller.
        return type(error).__name__


def _one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    if len(shown) > _LONGEST_REASON:
        return shown[: _LONGEST_REASON - 3] + "..."
    return shown
