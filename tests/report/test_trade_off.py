"""The picture of a trade-off shows three curves, on any paper."""

import io

import matplotlib.figure
import numpy as np
import pytest
from PIL import Image

from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff
from dpgan_tf.report import trade_off

PLAN = plans.NoisePlan(
    sampling_probability=0.02, effective_noise_multiplier=1.5, num_steps=40
)


@pytest.fixture
def axes(monkeypatch):
    """The axes that a picture was drawn in."""
    drawn = []

    class Figure(matplotlib.figure.Figure):
        def subplots(self):
            drawn.append(super().subplots())
            return drawn[-1]

    monkeypatch.setattr(trade_off.matplotlib.figure, "Figure", Figure)
    trade_off.picture(PLAN, epsilon=1.0, delta=1e-5)
    return drawn[0]


def test_the_curves_are_those_of_the_plan_of_epsilon_and_of_guessing(axes):
    claimed, alone, guessed = axes.lines
    alarms = claimed.get_xdata()
    found = tradeoff.of_plan(PLAN).points(alarms)
    np.testing.assert_array_equal(claimed.get_ydata(), found)
    first = np.minimum(1, np.e * alarms + 1e-5)
    assert (alone.get_ydata() <= first + 1e-12).all()
    assert alone.get_ydata()[0] == pytest.approx(first[0])
    np.testing.assert_array_equal(guessed.get_ydata(), alarms)
    labels = [line.get_label() for line in axes.lines]
    assert labels == [
        "this release, at most",
        "epsilon 1 and delta alone",
        "guessing",
    ]


def test_false_alarms_are_shown_down_to_rare_ones(axes):
    assert axes.get_xscale() == "log"
    assert axes.get_xlim() == (1e-4, 1.0)
    assert axes.xaxis.get_major_formatter()(0.001, 0) == "0.1%"


def test_a_picture_lies_on_any_paper_and_is_the_same_each_time():
    png = trade_off.picture(PLAN, epsilon=1.0, delta=1e-5)
    pixels = np.asarray(Image.open(io.BytesIO(png)))
    assert pixels.shape == (600, 630, 4)
    assert pixels[0, 0, 3] == 0 and pixels[..., 3].max() == 255
    assert trade_off.picture(PLAN, epsilon=1.0, delta=1e-5) == png
