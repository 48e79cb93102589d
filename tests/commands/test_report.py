"""One page about a run, and what of it may be published."""

import json
import re

import pytest

from dpgan_tf import __main__ as main


def test_the_report_marks_what_is_private_and_leaves_it_out_for_release(
    labelled, tmp_path, capsys
):
    assert main.main(["report", f"--run_dir={labelled.files.root}"]) == 0
    own = (labelled.files.private / "report.html").read_text()
    output = tmp_path / "page.html"
    arguments = ["--for_release", f"--output={output}"]
    assert (
        main.main(["report", f"--run_dir={labelled.files.root}", *arguments])
        == 0
    )
    public = output.read_text()
    claim = json.loads((labelled.files.release / "privacy.json").read_text())
    for text in (own, public):
        assert claim["statement"] in text
        assert text.count("data:image/png;base64,") >= 3
        assert not re.search("https?:", text)  # A picture may have "http".
    assert re.findall("<h2>(.*?)</h2>", public)[1:] == [
        "The privacy statement",
        "What a test can find",
        "Data and release",
        "Samples",
        "Interpolation between samples",
        "Budget",
        "Configuration",
        "Next",
    ]
    # Ten classes at both ends of variety, interpolation, budget and what a
    # test can find.
    assert public.count("data:image/png;base64,") == 23
    assert "--variety=1.5" in public
    assert "released, variety 1.5" in own
    assert "released, variety 1.5" not in public
    assert str(labelled.folder) in own and str(labelled.folder) not in public
    for title in (
        "Critic loss",
        "Clipping",
        "Scores",
        "nearest training images",
    ):
        assert f"{title}</h2>" in own
        assert f"{title}</h2>" not in public
    assert own.count('<section id="') == 14
    assert own.count('class="private"><h2>') == 6
    assert 'class="private"' not in public
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--for_release"], "--output: missing"),
        (["--output=page.pdf"], "expected FILE.html"),
        (["--output=RUN/release/page.html"], "lies in the release"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused(
    labelled, capsys, arguments, message
):
    arguments = [
        text.replace("RUN", str(labelled.files.root)) for text in arguments
    ]
    command = ["report", f"--run_dir={labelled.files.root}", *arguments]
    assert main.main(command) == 2
    assert message in capsys.readouterr().err


def test_an_unfinished_run_has_no_report(labelled, tmp_path, capsys):
    (tmp_path / "config.json").write_text(labelled.recipe.to_json())
    assert main.main(["report", f"--run_dir={tmp_path}"]) == 2
    assert "not finished" in capsys.readouterr().err
