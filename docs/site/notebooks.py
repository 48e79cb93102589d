"""Notebooks as pages, with the outputs that they were saved with."""

import pathlib

import nbconvert


def page(path: pathlib.Path) -> tuple[str, dict[str, bytes]]:
    """Return a notebook's Markdown, and its pictures by name.

    Args:
      path: an .ipynb file.
    """
    exporter = nbconvert.MarkdownExporter()
    text, resources = exporter.from_filename(
        str(path), resources={"unique_key": path.stem}
    )
    return text, resources["outputs"]
