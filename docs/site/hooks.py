"""Hooks of MkDocs: the site's pages, and links that lead to them."""

import pathlib
import sys

from mkdocs.structure import files as mkdocs_files

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import notebooks
import sources

_HOME = "docs/"
_STYLE = "docs/site/style.css"


def on_files(files, config):
    """Give MkDocs every page of `docs/`, and all that they link to."""
    # Those of docs/ are named anew; the others are the theme's.
    theme = [file for file in files if file.src_dir != config.docs_dir]
    found = {_STYLE: _file(_STYLE, None, config)}
    waiting = [
        f"docs/{path.name}" for path in (sources.ROOT / "docs").glob("*.md")
    ]
    while waiting:
        page = waiting.pop()
        if page in found:
            continue
        if page.endswith(".ipynb.md"):
            text, pictures = notebooks.page(sources.ROOT / page[: -len(".md")])
            for name, content in pictures.items():
                name = f"docs/{name}"
                found[name] = _file(name, content, config)
        else:
            text = sources.text_of(page)
        found[page] = _file(page, text, config)
        if text is not None:
            waiting += sources.linked(page, text)
    return mkdocs_files.Files([*theme, *found.values()])


def on_page_markdown(markdown, page, config, files):
    """Let links lead to the pages that stand for files and folders."""
    del config, files
    return sources.rewrite(page.file.src_uri, markdown)


def _file(name, content, config):
    """Return one file of the site; pages of `docs/` are at its top."""
    if content is None:
        made = mkdocs_files.File.generated(
            config, name, abs_src_path=str(sources.ROOT / name)
        )
    else:
        made = mkdocs_files.File.generated(config, name, content=content)
    # README.md of docs is the front page; that of the project is another.
    plain = name.removeprefix(_HOME)
    if plain.endswith(".md"):
        stem = plain.removesuffix(".md")
        plain = ("index" if name == "docs/README.md" else stem) + ".html"
    made.dest_uri = plain
    return made
