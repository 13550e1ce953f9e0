"""Tests use the product as anybody may: none of them reaches a private member of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Documented, for all their underscore.
PUBLIC = {"os._exit"}

_REACHING = {"setattr", "delattr", "getattr", "hasattr"}
_IN_CODE = re.compile(r"[\w)\]]\.(_[a-z]\w*)")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def own_names(tree: ast.Module) -> set[str]:
    """Private names that a module itself defines: in classes, on instances, or at its top."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_own(node):
            names.add(node.attr)
    return set(filter(is_private, names))


def reached(tree: ast.Module, of_all_tests: set[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each private member that is not the tests' own.

    Attributes and imports, names given to ``setattr`` and the like, and code in texts.
    """
    own = own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            known = of_all_tests if _is_own(node) else own
            if is_private(node.attr) and node.attr not in known and ast.unparse(node) not in PUBLIC:
                yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("tests"):
            yield from ((node.lineno, each.name) for each in node.names if is_private(each.name))
        elif isinstance(node, ast.Call) and _name_of(node.func) in _REACHING:
            for text in _texts(node.args):
                name = text.rpartition(".")[2]
                if is_private(name) and name not in own:
                    yield node.lineno, name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in _IN_CODE.finditer(node.value):
                if found[1] not in own:
                    yield node.lineno, found[1]


def _is_own(attribute: ast.Attribute) -> bool:
    owner = attribute.value.func if isinstance(attribute.value, ast.Call) else attribute.value
    return isinstance(owner, ast.Name) and owner.id in ("self", "cls", "super")


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(arguments: list[ast.expr]) -> list[str]:
    constants = (each.value for each in arguments if isinstance(each, ast.Constant))
    return [each for each in constants if isinstance(each, str)]


def trees() -> dict[str, ast.Module]:
    """All modules of the tests by path."""
    paths = sorted(ROOT.glob("tests/**/*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in paths}


@pytest.mark.slow
def test_tests_reach_no_private_member_of_the_product() -> None:
    """A test that needs one tests how something is done, and not what; or a seam is missing."""
    modules = trees()
    own = set[str]().union(*map(own_names, modules.values()))
    found = {
        f"{path}:{line}: {name}"
        for path, tree in modules.items()
        for line, name in reached(tree, own)
        if path != Path(__file__).relative_to(ROOT).as_posix()
    }
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("lab.pump._rest_s", ["_rest_s"]),
        ("from gui.views.grid import _DOT, GridView", ["_DOT"]),
        ("monkeypatch.setattr(loop, '_LIMIT', 3)", ["_LIMIT"]),
        ("monkeypatch.setattr('gui.kept.error_log._MAX_BYTES', 3)", ["_MAX_BYTES"]),
        ("getattr(window, '_bar').hide()", ["_bar"]),
        ("product.do('window.grid._ring.isVisible()')", ["_ring"]),
        ("product.do(f'window.grid._ring.width() > {n}')", ["_ring"]),
        ("class View(GridView):\n    def show(self): return self._image", ["_image"]),
        ("class View(GridView):\n    def hide(self): super()._hide_it()", ["_hide_it"]),
        ("class Fake:\n    def __init__(self): self._n = 0\nFake()._n", []),
        ("class Fake(tests.gui.staged.Stage):\n    def now(self): return self._theirs", []),
        ("from tests.gui.conftest import _nothing_left_behind", []),
        ("os._exit(3), type(a).__name__, cs.inject('_connector'), 'a. _b'", []),
    ],
)
def test_each_way_of_reaching_one_is_seen(code: str, names: list[str]) -> None:
    """And nothing that is the tests' own, or has two underscores."""
    assert [name for _, name in reached(ast.parse(code), {"_theirs", "_n"})] == names
