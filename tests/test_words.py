"""The prose of the code: each module opens with its noun, and names stand for one thing each."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("cascade", "experiments", "gui")
    for path in (ROOT / package).rglob("*.py")
)
NO_NOUN = re.compile(
    r"(What|Who|Whom|Whose|Which|How|Where|Whence|When|Why|Whether|There|Here|Then"
    r"|It|Its|He|She|They|Their|We|You|That|This|These|Those"
    r"|Some|Any|All|Every|Each|One|Nothing|Nobody"
    r"|To|For|From|By|With|Without|In|On|Of|At|As|If|Is|Are|Has|Can"
    r"|Adds|Begins|Decides|Draws|Ends|Finds|Gives|Holds|Keeps|Lets|Loads|Makes|Paints|Puts"
    r"|Reads|Says|Sends|Shows|Takes|Tells|Turns|Waits"
    r"|Draw|Find|Give|Keep|Load|Make|Paint|Send|Show|Tell"
    r"|Keeping|Making|Measuring|Reading|Running|Saving|Showing|Waiting)\b"
)
"""Words that no opening may begin with: questions, pronouns, prepositions and verbs."""


def opening_of(text: str) -> str:
    """The first paragraph of a module's docstring, as it stands."""
    return (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]


def faults_of(opening: str) -> list[str]:
    """What is wrong with the opening of a module."""
    faults = []
    if not opening or NO_NOUN.match(opening):
        faults.append("it begins with no noun")
    if "\n" in opening:
        faults.append("it takes more than a line")
    if not opening.endswith("."):
        faults.append("it ends without a full stop")
    if re.search(r"[.?!] +\S", opening):
        faults.append("it is more than a sentence")
    return faults


def names_in(text: str) -> set[str]:
    """Names of the public classes and types that a module defines, but for type variables."""
    found = set()
    for node in ast.parse(text).body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        found |= {each.id for each in targets if isinstance(each, ast.Name)}
    return {name for name in found if re.match(r"[A-Z]+[a-z]", name)}


def test_each_module_opens_with_its_noun() -> None:
    """Its docstring begins with what it is about: one sentence, on one line, with a full stop."""
    openings = {
        module: opening_of((ROOT / module).read_text(encoding="utf-8")) for module in MODULES
    }
    assert len(openings) > 300
    assert not {
        module: (each, faults_of(each)) for module, each in openings.items() if faults_of(each)
    }


@pytest.mark.parametrize(
    ("opening", "fault"),
    [
        ("What the status line says.", "it begins with no noun"),
        ("Draws the caption of a picture.", "it begins with no noun"),
        ("The circle, which has\nno beginning.", "it takes more than a line"),
        ("The circle", "it ends without a full stop"),
        ("The circle. It has no beginning.", "it is more than a sentence"),
    ],
)
def test_an_opening_that_is_none_is_found(opening: str, fault: str) -> None:
    """The check above can fail, in each of the ways that it looks for."""
    assert faults_of(opening) == [fault]


def test_a_module_without_a_docstring_is_found() -> None:
    """Nothing opens with no noun."""
    assert faults_of(opening_of("SIZE = 3\n"))


def test_no_two_public_classes_or_types_share_a_name() -> None:
    """A name met in one module means the same in all three packages."""
    modules: dict[str, set[str]] = {}
    for module in MODULES:
        for name in names_in((ROOT / module).read_text(encoding="utf-8")):
            modules.setdefault(name, set()).add(module)
    assert len(modules) > 300
    assert not {name: where for name, where in modules.items() if len(where) > 1}


def test_two_of_one_name_would_be_found() -> None:
    """Classes and types count; what is private or a type variable doesn't."""
    text = (
        "class Alpha: ...\nclass _Beta: ...\nPair = tuple[int, int]\nT = TypeVar('T')\nSIZE = 3\n"
    )
    assert names_in(text) == {"Alpha", "Pair"}
