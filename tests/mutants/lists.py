"""The list of mutants: one-line changes under which a claim would be false.

Each file of `list/` has the mutants of a room, in tables such as

    [[mutant]]
    name = "noise-halved"
    file = "privacy/noise.py"    # below dpgan_tf/
    old = "return radius * tf.cos("
    new = "return radius / 2 * tf.cos("
    critical = true
    tests = ["tests/privacy/test_noise.py::test_noise_has_the_right_scale"]

The old text must be in the file exactly once. Each named test must fail, and a
critical mutant needs two of them.
"""

import ast
import builtins
import dataclasses
import dis
import functools
import pathlib
import tomllib
import types

ROOT = pathlib.Path(__file__).absolute().parents[2]
FOLDER = pathlib.Path(__file__).absolute().parent / "list"


class ListError(ValueError):
    """A list that does not fit the code: a text or a test is gone."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mutant:
    """A change of one place in the package.

    Attributes:
      name: name, unlike any other's.
      file: path of the changed file, below `dpgan_tf/`.
      old: text that is in the file exactly once.
      new: text in its place.
      tests: ids of tests, each of which must fail.
      critical: whether the claim would be false and nothing else would tell.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    critical: bool = False

    @property
    def path(self) -> str:
        """The path of the changed file, below the repository."""
        return f"dpgan_tf/{self.file}"


def read(folder: pathlib.Path = FOLDER) -> list[Mutant]:
    """Return the mutants of all files of the list, in their order.

    Args:
      folder: folder of the list.

    Raises:
      ListError: if an entry has another form, or a name stands twice.
    """
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            for entry in tomllib.loads(path.read_text())["mutant"]:
                found.append(Mutant(**entry | {"tests": (*entry["tests"],)}))
        except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
            raise ListError(f"{path}: {error!r}.") from error
    names = [mutant.name for mutant in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ListError(f"{', '.join(sorted(twice))}: named more than once.")
    return found


def changed(mutant: Mutant, root: pathlib.Path = ROOT) -> str:
    """Return the text of the changed file.

    Args:
      mutant: the change.
      root: a copy of the repository.

    Raises:
      ListError: if the old text is not there exactly once, or the new one is
        no Python or uses a name that is not there.
    """
    path = root / mutant.path
    text = path.read_text() if path.is_file() else ""
    if text.count(mutant.old) != 1:
        raise ListError(
            f"{mutant.name}: {mutant.old!r} is {text.count(mutant.old)} times "
            f"in {mutant.path}; expected once."
        )
    result = text.replace(mutant.old, mutant.new)
    try:
        before, after = ast.parse(text), ast.parse(result)
    except SyntaxError as error:
        raise ListError(f"{mutant.name}: {error}.") from error
    if ast.dump(before) == ast.dump(after):
        raise ListError(f"{mutant.name}: the new text says the same.")
    whole = compile(result, mutant.path, "exec")
    known = {*whole.co_names, *dir(builtins), "__file__"}
    if unknown := _global_names(whole) - known:
        raise ListError(
            f"{mutant.name}: nothing is called {', '.join(sorted(unknown))}."
        )
    return result


def _global_names(code: types.CodeType) -> set[str]:
    """Return the names outside of functions that functions use."""
    found = {
        instruction.argval
        for instruction in dis.get_instructions(code)
        if instruction.opname == "LOAD_GLOBAL"
    }
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return found.union(*map(_global_names, inner))


def require_tests(mutant: Mutant, root: pathlib.Path = ROOT) -> None:
    """Refuse a mutant whose tests are gone, or too few.

    Args:
      mutant: the change.
      root: a copy of the repository.

    Raises:
      ListError: naming the test.
    """
    if len(set(mutant.tests)) < (2 if mutant.critical else 1):
        raise ListError(f"{mutant.name}: names too few tests.")
    for test in mutant.tests:
        path, _, function = test.partition("::")
        if function.partition("[")[0] not in _functions(root / path):
            raise ListError(f"{mutant.name}: there is no test {test}.")


@functools.cache
def _functions(path: pathlib.Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    )
