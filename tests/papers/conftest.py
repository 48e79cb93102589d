import shutil

import pytest

from dpgan_tf.papers import cells
from tests import labelled_runs
from tests.papers import shops


@pytest.fixture
def workshop(labelled, tmp_path):
    """Where nothing is computed yet."""
    return shops.workshop(labelled.folder, tmp_path / "runs")


@pytest.fixture(scope="session")
def cells_of_rows(labelled, tmp_path_factory):
    """The folder of a cell of seed 0 of every row."""
    with labelled_runs.once(tmp_path_factory, "cells") as (folder, is_there):
        if not is_there:
            shop = shops.workshop(labelled.folder, folder)
            for row in shops.rows(labelled.recipe):
                cells.scores(shop, row, seed=0)
    return folder


@pytest.fixture
def stocked(workshop, cells_of_rows):
    """Where every row has a cell of seed 0."""
    shutil.copytree(cells_of_rows, workshop.runs_dir)
    return workshop
