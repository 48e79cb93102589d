"""The notebook runs from its first cell to its last."""

import nbformat
import pytest

from tests.docs import notebook


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What the cells gave, in order."""
    tour = notebook.executed(tmp_path_factory.mktemp("tour"))
    return [
        output
        for cell in tour.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def _texts(outputs):
    printed = [o.text for o in outputs if o.output_type == "stream"]
    shown = [o.data["text/plain"] for o in outputs if "data" in o]
    return "\n".join([*printed, *shown])


def test_the_tour_ends_with_a_release_that_verifies(outputs):
    assert "This release is (8, 1e-05)-differentially" in _texts(outputs)


def test_samples_are_shown(outputs):
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 1


def test_less_epsilon_costs_more_noise(outputs):
    lines = _texts(outputs).splitlines()
    noise = [float(line.split()[-1]) for line in lines if ": noise" in line]
    assert noise == sorted(noise, reverse=True)
    assert len(noise) == 4


def test_the_saved_notebook_has_no_progress_bars_and_no_paths():
    saved = notebook.PATH.read_text()
    assert nbformat.reads(saved, as_version=4).cells
    assert "stderr" not in saved
    assert "/tmp" not in saved
