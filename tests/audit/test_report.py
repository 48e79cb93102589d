import dataclasses
import json

import pytest

from dpgan_tf.audit import black_box
from dpgan_tf.audit import report
from tests.audit import reports

SAMPLES = black_box.BlackBox(
    epsilon=4.0,
    num_in=90,
    num_out=110,
    num_samples=2_000,
    told_apart=0.52,
    epsilon_at_least=0.0,
)


@pytest.fixture(scope="module")
def content():
    return report.of(
        reports.made(), origin={"command": "dpgan audit"}, black_box=SAMPLES
    )


def test_the_json_has_what_is_claimed_found_and_said(content):
    assert set(content) == {
        *("format", "meaning", "from", "claim", "canaries", "bounds", "tests"),
        *("points", "black_box", "verdict"),
    }
    assert content["format"] == "dpgan-audit-1"
    claim, bounds = content["claim"], content["bounds"]
    assert claim["num_steps"] == 1 and claim["mu"] == pytest.approx(0.5, 1e-3)
    assert 0 <= bounds["epsilon_of_family"] <= claim["epsilon"]
    assert content["canaries"]["num"] == 600
    assert content["canaries"]["num_spoiled"] == 40
    scores = content["canaries"]["scores"]
    assert scores["in"]["mean"] > scores["out"]["mean"]
    assert [test["of_spoiled"] for test in content["tests"]] == [
        *(False, False, False, True)
    ]
    assert content["verdict"]["refuted"] is False
    assert content["black_box"]["told_apart"] == 0.52


def test_files_are_json_and_a_picture(tmp_path, content):
    report.write(tmp_path / "new", reports.made(), content)
    written = json.loads((tmp_path / "new" / report.FILE_NAME).read_text())
    assert written["bounds"] == content["bounds"]
    picture = (tmp_path / "new" / report.PICTURE_NAME).read_bytes()
    assert picture[:4] == b"\x89PNG"


def test_the_text_has_bounds_counts_and_what_an_audit_does_not_show():
    text = report.text(reports.made(), black_box=SAMPLES)
    assert "Claimed: epsilon" in text
    assert "Lower bounds of epsilon, at 95%" in text
    assert "Nothing found" in text
    assert "Near 50% is expected" in text
    assert "charged to no budget" in text and "proves nothing" in text
    assert "Black box" not in report.text(reports.made())


def test_choices_that_are_left_out_are_told():
    """Of multipliers 4 and 4 beside 2: a third of 1 / s^2, which is 3 / 8."""
    audit = reports.made()
    assert "Left out" not in report.text(audit)
    sums = dataclasses.replace(audit.case, summary_noise_multipliers=(2.0,))
    plain = dataclasses.replace(audit, case=sums)
    assert "Left out" not in report.text(plain)
    case = dataclasses.replace(
        audit.case,
        summary_noise_multipliers=(2.0,),
        choice_noise_multipliers=(4.0, 4.0),
        plan=dataclasses.replace(
            audit.case.plan, summary_noise_multiplier=(8 / 3) ** 0.5
        ),
    )
    chosen = dataclasses.replace(audit, case=case)
    said = report.text(chosen)
    assert "Left out: 33% of the summary's budget" in said
    assert "(2 of them)" in said
    of_canaries = report.of(chosen, origin={})["canaries"]
    assert of_canaries["num_choices_left_out"] == 2


def test_a_refuted_claim_is_told_so():
    audit = reports.made(shift=4.0)
    assert report.verdict(audit.found).startswith("REFUTED at 95%")
    content = report.of(audit, origin={})
    assert content["verdict"]["refuted"] is True
    assert content["black_box"] is None
