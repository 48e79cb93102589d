"""Names in docstrings and comments are of things that exist."""

import ast
import builtins
import io
import pathlib
import re
import tokenize

import pytest

import dpgan_tf

_PACKAGE = pathlib.Path(dpgan_tf.__file__).parent
_FILES = sorted(_PACKAGE.rglob("*.py"))
_QUOTED = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?")


def _names_of(tree):
    """Return every name that a module defines or uses, at any depth."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Name():
                found.add(node.id)
            case ast.Attribute():
                found.add(node.attr)
            case ast.arg() | ast.keyword() if node.arg:
                found.add(node.arg)
            case ast.alias():
                found.add((node.asname or node.name).rsplit(".", 1)[-1])
            case ast.Constant(value=str()) if node.value.isidentifier():
                found.add(node.value)
    return found


_TREES = {path: ast.parse(path.read_text()) for path in _FILES}
_NAMES = {path: _names_of(tree) for path, tree in _TREES.items()}
_EVERYWHERE = set().union(*_NAMES.values()) | set(dir(builtins))
_BY_MODULE: dict[str, set] = {}
for _path in _FILES:
    _stem = _path.parent.name if _path.stem == "__init__" else _path.stem
    _BY_MODULE.setdefault(_stem, set()).update(_NAMES[_path])
    for _folder in (_path.parent, _path.parent.parent):
        _BY_MODULE.setdefault(_folder.name, set()).add(_stem)


def _texts(path):
    for node in ast.walk(_TREES[path]):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                yield node.value.value
    source = io.StringIO(path.read_text())
    for token in tokenize.generate_tokens(source.readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def _exists(name):
    first, *rest = name.removesuffix("()").removeprefix("dpgan_tf.").split(".")
    if not rest:
        return first in _EVERYWHERE or first in _BY_MODULE
    if first in ("tf", "keras", "np", "tfds"):
        return True
    while len(rest) > 1 and rest[0] in _BY_MODULE:
        first, *rest = rest  # a module of a package
    if first in _BY_MODULE:
        return rest[0] in _BY_MODULE[first] and set(rest) <= _EVERYWHERE
    return first not in _EVERYWHERE or rest[0] in _EVERYWHERE


@pytest.mark.parametrize(
    "path", _FILES, ids=lambda path: str(path.relative_to(_PACKAGE))
)
def test_every_quoted_name_is_of_something_that_exists(path):
    gone = [
        name
        for text in _texts(path)
        for name in _QUOTED.findall(text)
        if _NAME.fullmatch(name)
        and not name.endswith((".json", ".py", ".md", ".npz", ".csv"))
        and not _exists(name)
    ]
    assert gone == []
