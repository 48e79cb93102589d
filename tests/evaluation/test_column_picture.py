"""A picture of each column."""

import numpy as np

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.evaluation import column_picture
from dpgan_tf.evaluation import typed_rows
from tests.evaluation.column_metrics import toy


def test_every_column_is_drawn_with_both_frequencies(tmp_path, monkeypatch):
    drawn = []
    for name in ("_numbers", "_words"):
        draw = getattr(column_picture, name)

        def spy(axes, *args, draw=draw):
            drawn.append(args[-2:])
            draw(axes, *args)

        monkeypatch.setattr(column_picture, name, spy)
    made = toy.typed(toy.rows(500, seed=5))
    path = tmp_path / "picture.png"
    column_picture.draw(toy.typed(toy.TRAIN), made, path=path)
    assert path.read_bytes().startswith(b"\x89PNG")
    # Ward, age, died, codes: words begin with the most frequent one.
    assert [len(real) for real, _ in drawn] == [4, 4, 2, 3]
    np.testing.assert_allclose(drawn[1][0], toy.TRAIN[:, 4:8].mean(axis=0))
    np.testing.assert_allclose(drawn[1][1], made.rows[:, 4:8].mean(axis=0))
    assert (np.diff(drawn[3][0]) <= 0).all()


def test_the_most_frequent_words_are_those_of_real_rows():
    names, real, found = column_picture.most_frequent(
        ("a", "b", "c"), np.array([0.1, 0.6, 0.3]), np.array([1, 0, 0]), most=2
    )
    assert names == ["b", "c"]
    assert real.tolist() == [0.6, 0.3] and found.tolist() == [0, 0]


def test_names_that_look_like_formulas_and_every_kind_can_be_drawn(tmp_path):
    schema = schemas.Schema(
        columns=(
            columns.Category(name="$x_{$", values=("\\alpha$", "$\\frac{$")),
            columns.Date(name="day", edges=(0, 31, 59), missing=True),
            columns.Number(name="n", edges=(0.0, 0.5, 2.0), decimals=1),
        )
    )
    rows = np.array([[1, 0, 0, 1, 0, 0, 1], [0, 1, 0, 0, 1, 1, 0]], np.uint8)
    view = typed_rows.view_of(schema, rows)
    some = typed_rows.TypedRows(view=view, rows=rows)
    column_picture.draw(some, some, path=tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 5_000
