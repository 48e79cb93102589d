"""Finds measures: modules of a package that hold one `METRIC` each."""

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Any


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
