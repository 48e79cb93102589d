"""Workshops for tiny tables."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops


def workshop(folder, runs_dir):
    """Return one whose cells take seconds."""
    return workshops.Workshop(
        runs_dir=runs_dir,
        data_dir=folder,
        command="make tiny",
        baseline_steps=1,
        few_labels=semi_supervised.Setting(num_steps=6, batch_size=10),
    )


def rows(recipe):
    """Return the rows of a tiny table: real images, and a generator's."""
    plain = recipes.change(recipe, {"scoring.every": 0})
    return [
        schema.Row(
            name=kind,
            title=f"{kind} row",
            kind=kind,
            recipe=plain,
            paper={"inception_score": 8.64},
        )
        for kind in ("real", "public_only")
    ]
