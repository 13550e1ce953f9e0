"""Which package may know which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for package in ("cascade", "experiments", "gui")
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py"
}
LINES_AT_MOST = 350

LONGER = {"experiments.population.compiled.kernel"}
"""numba keeps what it made of a file until that file changes, so all it is made of is in one."""


def test_cascade_and_experiments_import_without_qt_and_cascade_without_anything() -> None:
    """With Qt made unimportable, and for cascade every library beside the standard one."""
    code = (
        "import sys, pkgutil, importlib\n"
        "peers = 'hamilton_way', 'looptime_way', 'trio_way'\n"
        "def block(*names):\n"
        "    for name in names: sys.modules[name] = None\n"
        "def load(package):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not found.name.endswith(('__main__', 'mesa_model', 'mesa_sweep', *peers)):\n"
        "            importlib.import_module(found.name)\n"
        "block('PySide6', 'shiboken6', 'qasync', 'pyqtgraph', 'superqt', 'qtawesome', 'gui')\n"
        "before = set(sys.modules)\n"
        "import cascade\n"
        "load(cascade)\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before} - {'cascade'}\n"
        "assert new <= set(sys.stdlib_module_names), new\n"
        "import experiments\n"
        "load(experiments)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def test_models_and_controllers_import_without_qt() -> None:
    """With Qt made unimportable; so do pictures, but for those that Qt draws or encodes."""
    drawn_by_qt = "caption_painter", "colour_maps", "encoded", "icons", "png"
    code = (
        "import sys, pkgutil, importlib\n"
        "for name in 'PySide6', 'shiboken6', 'qasync', 'pyqtgraph', 'superqt', 'qtawesome':\n"
        "    sys.modules[name] = None\n"
        "for name in 'models', 'controllers', 'kept', 'picture':\n"
        "    package = importlib.import_module('gui.' + name)\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        f"        if not found.name.endswith({drawn_by_qt}):\n"
        "            importlib.import_module(found.name)\n"
        "            print(found.name)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    imported = set(found.stdout.split())
    assert {name for name in MODULES if name.startswith(("gui.models.", "gui.controllers."))} < (
        imported
    )


def test_importing_starts_nothing() -> None:
    """No thread, no QApplication, no asyncio loop, no use of the global random seed."""
    code = (
        "import random, threading\n"
        "state = random.getstate()\n"
        "import cascade, experiments, gui, gui.__main__\n"
        "import sys\n"
        "assert threading.active_count() == 1\n"
        "assert random.getstate() == state\n"
        "assert 'PySide6' not in sys.modules\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Modules of ours that some code imports, with the name that it takes of each.

    Also those inside a function, and those for type checkers alone.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            module = node.module or ""
            for each in node.names:
                whole = f"{module}.{each.name}"
                found = (whole, "") if whole in MODULES else (module, each.name)
                if found[0] in MODULES:
                    yield found
        elif isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names if each.name in MODULES)


def _for_type_checkers(tree: ast.AST) -> list[tuple[str, str]]:
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return [found for block in blocks for found in _imports(block)]


def _circles(needs: dict[str, set[str]]) -> list[list[str]]:
    """Some circle through each module that is in one."""

    def way(here: str, end: str, seen: set[str]) -> list[str] | None:
        for needed in sorted(needs[here]):
            if needed == end:
                return [here, end]
            if needed not in seen:
                seen.add(needed)
                if (rest := way(needed, end, seen)) is not None:
                    return [here, *rest]
        return None

    found = (way(module, module, set()) for module in sorted(needs))
    return [circle for circle in found if circle is not None]


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for type checkers count; one name alone is let off.

    That is ``Task``, for type checkers: a task, its results, its node and the cache that is
    asked about it hold each other, and users write ``cs.Task`` in executors and caches of
    their own, which a protocol in its place would refuse.
    """
    needs: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = list(_imports(tree))
        for found in _for_type_checkers(tree):
            if found == ("cascade.spec.task", "Task"):
                imports.remove(found)
        needs[name] = {module for module, _ in imports}
    assert len(needs) > 250
    assert _circles(needs) == []


def test_a_circle_of_modules_is_found() -> None:
    """Of two or more; what only leads to it is in none."""
    needs = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set[str]()}
    assert _circles(needs) == [["b", "c", "b"], ["c", "b", "c"]]
    function = "def f():\n    from cascade.spec.lazy import Lazy\n    import cascade.errors\n"
    assert dict(_imports(ast.parse(function))) == {
        "cascade.spec.lazy": "Lazy",
        "cascade.errors": "",
    }


def test_modules_can_be_read_at_one_sitting() -> None:
    """None has more lines than so many."""
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in MODULES.items()}
    assert len(lines) > 300
    assert {name for name, n in lines.items() if n > LINES_AT_MOST} == LONGER
