"""Links of pages lead to what the site has for them."""

import importlib.util

import pytest

from tests.docs import pages

_PATH = pages.DOCS / "site" / "sources.py"


def _load():
    spec = importlib.util.spec_from_file_location("sources", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sources = _load()


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("claim.md", "docs/claim.md"),
        ("../runs/README.md", "runs/README.md"),
        ("tour.ipynb", "docs/tour.ipynb.md"),
        ("../examples", "examples/index.md"),
        ("../examples/pricing.py", "examples/pricing.py.md"),
        ("../runs/results/ppgan_fig2.png", "runs/results/ppgan_fig2.png"),
    ],
)
def test_a_link_leads_to_the_page_that_stands_for_its_target(link, page):
    assert sources.target("docs/start.md", link) == page


def test_links_elsewhere_and_links_within_a_page_stay():
    text = "[a](https://example.org) [b](#sums) [c](mailto:a@b.c)"
    assert sources.rewrite("docs/epsilon.md", text) == text
    assert not list(sources.linked("docs/epsilon.md", text))


def test_anchors_stay_behind_a_link_that_is_changed():
    text = "[a](../runs/README.md#benchmarks), [b](../examples#top)"
    assert sources.rewrite("docs/x.md", text) == (
        "[a](../runs/README.md#benchmarks), [b](../examples/index.md#top)"
    )


def test_links_in_code_are_not_followed():
    assert not list(sources.linked("docs/x.md", "```\n[a](claim.md)\n```\n"))


def test_a_module_has_its_reference_and_a_script_its_lines():
    module = sources.text_of("dpgan_tf/privacy/clipping.py.md")
    assert "\n::: dpgan_tf.privacy.clipping\n" in module
    package = sources.text_of("dpgan_tf/__init__.py.md")
    assert "\n::: dpgan_tf\n" in package
    script = sources.text_of("examples/pricing.py.md")
    assert "def noise_for_steps(" in script


def test_a_folder_lists_its_files_and_shows_its_pictures():
    rooms = sources.text_of("dpgan_tf/privacy/index.md")
    assert "[`clipping.py`](clipping.py): Bounding what one record" in rooms
    assert "__pycache__" not in rooms
    results = sources.text_of("runs/results/utility_mnist/index.md")
    assert "![mnist_beside_4.png](mnist_beside_4.png)" in results


def test_pictures_are_copied_as_they_are():
    assert sources.text_of("runs/results/ppgan_fig2.png") is None
