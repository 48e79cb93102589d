"""A configuration is shown by what is its own, and then as a whole."""

from dpgan_tf.report import settings


def row(key, value, *, is_own):
    return settings.Setting(
        key=key, value=value, meaning="Why.", is_own=is_own, is_place=False
    )


START = row("name", "mnist", is_own=False)


def test_what_is_a_runs_own_comes_first():
    own = row("steps.num_steps", "7", is_own=True)
    (section,) = settings.sections([START, own])
    first, _, everything = section.body.partition("<details>")
    assert "The run started from mnist." in first
    assert "steps.num_steps<small>Why.</small>" in first
    assert ">mnist</td>" not in first and ">mnist</td>" in everything
    assert "steps.num_steps" in everything and "All 2 settings" in everything


def test_a_preset_as_it_stands_has_nothing_of_its_own():
    (section,) = settings.sections([START])
    first, _, everything = section.body.partition("<details>")
    assert "The run is mnist as it stands." in first
    assert "<table" not in first and "<table" in everything


def test_without_settings_there_is_no_section():
    assert settings.sections([]) == []


def test_of_a_long_value_the_beginning_is_shown():
    schema = row("data.schema", "{" + 999 * "a", is_own=True)
    (section,) = settings.sections([START, schema])
    assert 199 * "a" + "... and 800 characters more" in section.body
    assert 200 * "a" not in section.body
