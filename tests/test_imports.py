import ast
import functools
import pathlib
import subprocess
import sys

import pytest

import dpgan_tf

_PACKAGE = pathlib.Path(dpgan_tf.__file__).parent

_PLAIN = {"errors", "images", "interrupts", "paths", "progress", "quiet"}
# Imports point one way: from a later line to an earlier or the same one.
_LAYERS = (
    {*_PLAIN, "privacy", "__init__"},
    {"config", "run_files", "models", "data"},
    {"claim"},
    {"release"},
    {"evaluation"},
    {"run", "report"},
    {"papers", "audit"},
    {"commands"},
    {"__main__"},
)
_CONFIG_USERS = {"audit", "config", "claim", "run", "papers", "commands"}
# Rooms and modules that must start at once.
_WITHOUT_TENSORFLOW = (
    "config",
    "claim",
    "errors",
    "images",
    "run_files",
    "run.clusters",
    "run.supervision",
    "papers.provenance",
    "privacy.accounting",
    "privacy.ledger",
    "privacy.register",
    "commands.account",
    "commands.audit",
    "commands.budget",
    "commands.presets",
    "commands.table",
    "commands.verify",
    "__main__",
)


def _modules():
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts = path.relative_to(_PACKAGE).with_suffix("").parts
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        yield ".".join(parts), path


_MODULES = dict(_modules())


@functools.cache
def _imports(path):
    """Return the modules of ours that a file imports, without the package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("dpgan_tf."):
                found.add(_as_module(name.removeprefix("dpgan_tf.")))
    return found


def _as_module(name):
    if name in _MODULES:
        return name
    parent = name.rpartition(".")[0]
    return parent if parent in _MODULES else name


def _reachable(module):
    """Return every module of ours that importing one brings with it."""
    found, waiting = set(), [module]
    while waiting:
        for name in _imports(_MODULES[waiting.pop()]) - found:
            found.add(name)
            waiting.append(name)
    return found


def _layer(module):
    for rank, names in enumerate(_LAYERS):
        if module.split(".")[0] in names:
            return rank
    raise AssertionError(f"{module} has no place in the import map")


@pytest.mark.parametrize("module", _MODULES)
def test_imports_point_one_way(module):
    for imported in _imports(_MODULES[module]):
        assert _layer(imported) <= _layer(module), (
            f"{module} imports {imported}"
        )


def test_the_privacy_core_imports_nothing_of_ours_outside_itself():
    for module, path in _MODULES.items():
        if module.split(".")[0] == "privacy":
            outside = {
                name
                for name in _imports(path)
                if name.split(".")[0] != "privacy"
            }
            assert not outside, f"{module} imports {outside}"


def test_only_the_top_layers_see_a_configuration():
    users = {
        module.split(".")[0]
        for module, path in _MODULES.items()
        if any(name.split(".")[0] == "config" for name in _imports(path))
    }
    assert users <= _CONFIG_USERS


def test_legacy_accounting_cannot_reach_training_or_a_release():
    users = {
        module
        for module in _MODULES
        if "papers.legacy_accounting" in _reachable(module)
    }
    assert users <= {
        "papers.paper_prices",
        "commands.account",
        "commands.table",
    }


def test_broken_arithmetic_can_only_be_audited():
    users = {
        module for module in _MODULES if "audit.broken" in _reachable(module)
    }
    assert users == {"audit.self_test"}


def test_the_switch_of_tensorflow_privacy_is_set_in_one_module():
    users = [
        module
        for module, path in _MODULES.items()
        if "skip_tf_privacy_import" in path.read_text()
    ]
    assert len(users) == 1


def test_commands_without_tensorflow_start_without_it():
    names = [
        f"dpgan_tf.{module}"
        for module in _MODULES
        for name in _WITHOUT_TENSORFLOW
        if module == name or module.startswith(f"{name}.")
    ]
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    assert 'tensorflow' not in sys.modules, name\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
