"""Pages of the site: the project's Markdown, and all that it links to.

Pages are written for a browser of repositories: their links are relative and
lead to files and folders. The site has the same tree. What is no Markdown gets
a page that stands for it: a Python file, a folder, a notebook.
"""

import ast
import pathlib
import posixpath
import re
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parents[2]
LINK = re.compile(r"(\]\()([^()\s]+)(\))")

_CODE = re.compile(r"```.*?```", re.DOTALL)
_PACKAGE = "dpgan_tf"
_STANDING_FOR = {".py": ".py.md", ".ipynb": ".ipynb.md"}
_NOT_LISTED = ("__pycache__",)
# What a search should find are the pages that a list leads to.
_NOT_SEARCHED = ("---", "search:", "  exclude: true", "---", "")
# Pages that people wrote stand before those of modules.
_SEARCHED_LATER = "---\nsearch:\n  boost: 0.3\n---\n"


def is_outside(link: str) -> bool:
    """Tell links to other sites, and within a page, from links to files.

    Args:
      link: what stands in the brackets of a Markdown link.
    """
    return "://" in link or link.startswith(("mailto:", "#"))


def target(page: str, link: str) -> str:
    """Return the page that the site has for a link.

    Args:
      page: the page with the link, relative to the root.
      link: a relative link without its anchor.

    Returns:
      A path relative to the root; for a Python file, a notebook or a folder
      that of the page that stands for it.
    """
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    if (ROOT / path).is_dir():
        return f"{path}/index.md"
    suffix = posixpath.splitext(path)[1]
    return path.removesuffix(suffix) + _STANDING_FOR.get(suffix, suffix)


def linked(page: str, text: str) -> Iterator[str]:
    """Yield the pages and files that a page links to.

    Args:
      page: its path, relative to the root.
      text: its Markdown.
    """
    for _, link, _ in LINK.findall(_CODE.sub("", text)):
        if not is_outside(link):
            yield target(page, link.partition("#")[0])


def rewrite(page: str, text: str) -> str:
    """Return a page whose links lead to what the site has.

    Args:
      page: its path, relative to the root.
      text: its Markdown.
    """

    def changed(match: re.Match[str]) -> str:
        start, link, end = match.groups()
        if is_outside(link):
            return match.group()
        name, hash_sign, anchor = link.partition("#")
        here = posixpath.dirname(page) or "."
        there = posixpath.relpath(target(page, name), here)
        return f"{start}{there}{hash_sign}{anchor}{end}"

    return LINK.sub(changed, text)


def text_of(page: str) -> str | None:
    """Return a page's Markdown, or None for a file that is copied as it is.

    Args:
      page: a path that `target` gave, relative to the root.
    """
    path = ROOT / page
    if page.endswith("/index.md"):
        return _folder(path.parent)
    if page.endswith(".py.md"):
        return _python(path.with_suffix(""))
    if path.suffix == ".md" and path.is_file():
        return path.read_text()
    return None


def _python(path: pathlib.Path) -> str:
    """Return the reference of a module, or the lines of a script."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == _PACKAGE:
        name = ".".join(part for part in parts if part != "__init__")
        shown = f"::: {name}\n"
    else:
        shown = f"```python\n{path.read_text()}```\n"
    return f"{_SEARCHED_LATER}# `{'/'.join(parts)}.py`\n\n{shown}"


def _folder(folder: pathlib.Path) -> str:
    """Return a list of a folder's files; pictures are shown."""
    name = folder.relative_to(ROOT).as_posix()
    lines = [*_NOT_SEARCHED, f"# `{name}/`", ""]
    lines += [*_about(folder / "__init__.py"), ""]
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _NOT_LISTED:
            continue
        if path.suffix == ".png":
            lines += ["", f"![{path.name}]({path.name})", ""]
        about = "".join(_about(path)) or "".join(_about(path / "__init__.py"))
        lines += [f"- [`{path.name}`]({path.name})" + (about and f": {about}")]
    return "\n".join(lines) + "\n"


def _about(path: pathlib.Path) -> list[str]:
    """Return the first line of a Python file's docstring, if it has one."""
    if path.suffix != ".py" or not path.is_file():
        return []
    said = ast.get_docstring(ast.parse(path.read_text())) or ""
    return said.splitlines()[:1]
