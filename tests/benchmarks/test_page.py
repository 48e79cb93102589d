"""Tables go to their places in a page, and nothing else changes."""

import json

import pytest

from benchmarks import page
from dpgan_tf import errors
from tests.benchmarks import recorded

TEXT = """# Scale

<!-- command and machine -->
<!-- end -->

<!-- curves -->
<!-- end -->

Before.

<!-- Private steps on pictures -->

an old table

<!-- end -->

After.

<!-- Operations of one critic step -->
kept
<!-- end -->
"""


def test_places_are_filled_where_there_are_results():
    found = page.fill(TEXT, recorded.content(), picture="a.png")
    assert "| records n | 10,000 | 2.5 | 50 | 900 | 0.1 |" in found
    assert "processor Abacus" in found
    assert "records, pixels and classes](a.png)\n" in found
    assert "an old table" not in found
    assert found.endswith(
        "After.\n\n<!-- Operations of one critic step -->\nkept\n<!-- end -->\n"
    )
    assert page.fill(found, recorded.content(), picture="a.png") == found


def test_a_place_for_no_table_is_refused():
    with pytest.raises(errors.UserError, match="0 tables begin like this"):
        page.fill(
            "<!-- Nonsense -->\n<!-- end -->",
            recorded.content(),
            picture="a.png",
        )


def test_the_command_changes_the_page_and_draws_beside_it(tmp_path):
    results, target = tmp_path / "scale.json", tmp_path / "scaling.md"
    results.write_text(json.dumps(recorded.content()))
    target.write_text(TEXT)
    assert page.main([f"--results={results}", f"--page={target}"]) == 0
    assert "| side of a picture | 48 |" in target.read_text()
    assert target.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"
    target.write_text("<!-- Nonsense -->\n<!-- end -->")
    assert page.main([f"--results={results}", f"--page={target}"]) == 2
