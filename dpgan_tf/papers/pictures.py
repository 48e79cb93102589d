"""Draws the samples of a table's generators."""

import pathlib

from dpgan_tf import images as image_files
from dpgan_tf.evaluation import association_picture
from dpgan_tf.evaluation import column_scorer
from dpgan_tf.evaluation import row_picture
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.release import grids
from dpgan_tf.run import data as run_data


def save_grid(
    workshop: workshops.Workshop,
    row: schema.Row,
    path: pathlib.Path,
    *,
    seed: int,
) -> None:
    """Write a picture of a hundred samples; each column is a class, if any.

    Args:
      workshop: where cells are computed.
      row: row with a generator.
      path: path of the picture.
      seed: seed of the run.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    grid = grids.grid(
        workshops.generator(workshop, row, seed=seed),
        seed=scorers.SEED,
        variety=row.variety,
    )
    image_files.save_grid(grid.images, path, columns=grid.columns)


def save_comparison(
    workshop: workshops.Workshop,
    table: schema.Table,
    folder: pathlib.Path,
    *,
    seed: int,
) -> None:
    """Write a plot of correlations or associations for each row of a table.

    Args:
      workshop: where cells are computed.
      table: a table about tabular data.
      folder: folder of the pictures.
      seed: seed of the runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for row in table.rows:
        recipe = workshop.recipe(row, seed)
        dataset = run_data.load_dataset(recipe, data_dir=workshop.data_dir)
        drawn = workshops.rows(workshop, row, seed=seed)
        path = folder / f"{row.name}.png"
        if dataset.schema is not None:
            scorer = column_scorer.build(dataset)
            made = scorer.as_set(drawn, None, title=row.title)
            association_picture.draw(scorer.test, made, path=path)
            continue
        row_picture.draw(
            {row.title: drawn},
            train=dataset.train_rows,
            test=dataset.test_rows,
            path=path,
        )
