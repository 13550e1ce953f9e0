"""Render the API reference of cascade from its docstrings: ``make docs``.

pdoc does the work. Before it renders, the documentation it found is put in order
for readers: what a class inherits within cascade is shown with it, attributes that
nobody described are left out, and the double colons of reStructuredText are removed.
"""

from __future__ import annotations

import argparse
import enum
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pdoc.doc
import pdoc.render

Doc = pdoc.doc.Doc[Any]
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api" / "index.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code."""
    parser = argparse.ArgumentParser(description="Render the API reference of cascade.")
    parser.add_argument("--output", type=Path, default=PAGE, help="file to write")
    page = parser.parse_args(arguments).output
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(), encoding="utf-8")
    print(f"The reference: {page}")
    return 0


def render() -> str:
    """The reference as one page of HTML that needs nothing else."""
    sys.path.insert(0, str(ROOT))
    import cascade

    for name in cascade.__all__:
        getattr(cascade, name)  # pdoc sees only what has been loaded
    module = pdoc.doc.Module(cascade)
    pdoc.render.configure(docformat="numpy", show_source=False, search=False)
    with warnings.catch_warnings():
        # Names that only a type checker sees; such annotations are shown as written.
        warnings.filterwarnings("ignore", "Error parsing type annotation")
        for member in module.own_members:
            if isinstance(member, pdoc.doc.Class):
                _arrange(member, module)
            elif isinstance(member, pdoc.doc.Variable) and not member.docstring:
                _describe(member)
        for doc in _all_of(module):
            doc.docstring = _as_markdown(doc.docstring)
        return pdoc.render.html_module(module, {module.modulename: module})


def _arrange(cls: pdoc.doc.Class, module: pdoc.doc.Module) -> None:
    """Choose the members that are shown for a class."""
    shown = []
    for doc in [*cls.own_members, *_inherited(cls, module)]:
        if doc.name == "__init__":
            is_shown = not _is_protocol(cls) and not doc.docstring.startswith("Create new instance")
        elif isinstance(doc, pdoc.doc.Variable):
            doc.docstring = re.sub(r"^Alias for field number \d+$", "", doc.docstring)
            is_shown = bool(doc.docstring) or _is_data(cls)
        else:
            is_shown = bool(doc.docstring)
        if doc.name == "__call__" and is_shown:
            doc.docstring += "\n@public"  # otherwise pdoc hides what begins with an underscore
        if is_shown:
            shown.append(doc)
        else:
            cls.members.pop(doc.name)  # so that nothing links to it
    cls.own_members = shown


def _inherited(cls: pdoc.doc.Class, module: pdoc.doc.Module) -> Iterator[Doc]:
    """What a class has from its bases in cascade."""
    for (base_module, _), members in cls.inherited_members.items():
        if base_module.startswith(module.modulename):
            yield from (each for each in members if not each.name.startswith("_"))


def _describe(variable: pdoc.doc.Variable) -> None:
    """Give a constant the text that stands under it where it is defined."""
    for name, found in list(sys.modules.items()):
        if name.startswith("cascade."):
            docstring = pdoc.doc.Module(found)._var_docstrings.get(variable.name)
            if docstring:
                variable.docstring = docstring


def _all_of(doc: Doc) -> Iterator[Doc]:
    yield doc
    if isinstance(doc, pdoc.doc.Namespace):
        for member in doc.own_members:
            yield from _all_of(member)


def _as_markdown(text: str) -> str:
    """Literal blocks without their double colons; pdoc does the rest."""
    text = re.sub(r"^[ ]*::\n", "", text, flags=re.MULTILINE)
    return re.sub(r"::$", ":", text, flags=re.MULTILINE)


def _is_protocol(cls: pdoc.doc.Class) -> bool:
    return bool(getattr(cls.obj, "_is_protocol", False))


def _is_data(cls: pdoc.doc.Class) -> bool:
    return hasattr(cls.obj, "__dataclass_fields__") or issubclass(cls.obj, (enum.Enum, tuple))


if __name__ == "__main__":
    sys.exit(main())
