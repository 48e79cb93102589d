"""The command that draws a figure."""

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.papers import figures


def test_what_is_asked_for_is_made_and_its_place_said(
    tmp_path, monkeypatch, capsys
):
    asked = {}

    def make(figure, workshop, results_dir, *, seeds):
        asked.update(figure=figure, seeds=seeds, folder=results_dir)
        asked["command"] = workshop.command
        return {}, ["a.png", "a.json"]

    monkeypatch.setattr(figures, "make", make)
    arguments = ["--name=ppgan_fig2", "--seeds=0,3"]
    folder = f"--results_dir={tmp_path}"
    assert main.main(["figure", *arguments, folder]) == 0
    assert "Written to a.png, a.json" in capsys.readouterr().out
    assert asked == {
        "figure": figures.FIGURES["ppgan_fig2"],
        "seeds": [0, 3],
        "folder": tmp_path,
        "command": "python -m dpgan_tf figure " + " ".join(arguments),
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name=ppgan_fig2", "--seeds=a"], "--seeds"),
        (["--name=ppgan_fig9"], "ppgan_fig5"),
        ([], "--name"),
    ],
)
def test_a_figure_that_is_none_is_refused(arguments, message, capsys):
    assert main.main(["figure", *arguments]) == 2
    assert message in capsys.readouterr().err
