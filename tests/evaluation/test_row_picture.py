import numpy as np

from dpgan_tf.evaluation import row_picture
from tests.evaluation.row_metrics import toy


def test_every_part_has_probabilities_and_correlations(tmp_path, monkeypatch):
    plotted = []
    axes = row_picture.matplotlib.figure.Figure().subplots().__class__
    original = axes.plot

    def plot(self, x, y, *args, **kwargs):
        plotted.append((np.asarray(x), np.asarray(y)))
        return original(self, x, y, *args, **kwargs)

    monkeypatch.setattr(axes, "plot", plot)
    made = toy.rows(500, seed=7)
    path = tmp_path / "picture.png"
    row_picture.draw(
        {"made": made, "held out": toy.TEST},
        train=toy.TRAIN,
        test=toy.TEST,
        path=path,
    )
    assert path.read_bytes().startswith(b"\x89PNG")
    points = plotted[1::2]  # After the diagonal of each.
    assert len(points) == 4
    np.testing.assert_allclose(points[0][0], toy.TEST.mean(axis=0))
    np.testing.assert_allclose(points[0][1], made.mean(axis=0))
    above = np.triu_indices(5, 1)
    expected = np.corrcoef(made.T.astype(float))[above]
    np.testing.assert_allclose(points[1][1], expected)
    # What is held out lies on the diagonal.
    for real, found in points[2:]:
        np.testing.assert_array_equal(real, found)
