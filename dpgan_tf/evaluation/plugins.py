"""Finds measures, modules that hold one `METRIC` each, and runs them."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from typing import Any

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import progress


def discover(package: str, path: Sequence[str]) -> dict[str, Any]:
    """Return the measures of a package by name, in the order of a table.

    Args:
      package: its name.
      path: its folders.
    """
    modules = [
        importlib.import_module(f"{package}.{info.name}")
        for info in pkgutil.iter_modules(path)
    ]
    found = sorted((m.METRIC for m in modules), key=lambda one: one.order)
    return {metric.name: metric for metric in found}


def judge(
    metrics: Sequence[Any],
    run: Callable[[Any], dict[str, Any]],
    *,
    title: str,
) -> dict[str, Any]:
    """Run measures, and say which could not be run and why.

    Args:
      metrics: with a `name`.
      run: from one of them to its values by name; it raises `UserError` where
        it cannot.
      title: of what is judged, for the progress bar.

    Returns:
      The values of all measures, and under `left_out` for each that could not
      be run the reason.
    """
    values: dict[str, Any] = {}
    left_out = {}
    with progress.bar(
        f"scores, {title}", total=len(metrics), unit="metric"
    ) as bar:
        for metric in metrics:
            bar.set_postfix_str(metric.name)
            try:
                with interrupts.heeded():
                    values |= run(metric)
            except errors.UserError as error:
                left_out[metric.name] = str(error)
            bar.update()
    return values | {"left_out": left_out}
