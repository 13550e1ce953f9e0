"""The pages about the engine: every block of Python on them runs, and prints what it says."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cascade as cs

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "engine.md"
PAGES = {path.name: path for path in (GUIDE, ROOT / "docs" / "coming-from.md")}
PRELUDE = "import asyncio\nimport cascade as cs\n"


class Block(NamedTuple):
    """A fenced block of Python, and the line of the page on which it begins."""

    page: str
    line: int
    code: str

    def says(self) -> str:
        """What it should print: comments behind `print(...)`, and lines that begin with `# >`."""
        expected = ""
        for line in self.code.splitlines():
            found = re.match(r"# > (.*)$", line) or re.match(
                r"\s*(?:print|main)\(.*\)\s+# (.*)$", line
            )
            expected += f"{found[1]}\n" if found else ""
        return expected

    def runs(self, namespace: dict[str, Any]) -> str:
        """Run it; what it printed."""
        code = compile("\n" * self.line + self.code, str(PAGES[self.page]), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, namespace)
        return out.getvalue()


def headings(page: str) -> dict[str, list[Block]]:
    """The blocks of a page, by the heading they stand under."""
    found: dict[str, list[Block]] = {}
    heading, fence, start = "", None, 0
    lines = PAGES[page].read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if fence is None and line.startswith("#"):
            heading = line.lstrip("# ")
        elif fence is None and line.startswith("```"):
            fence, start = line.removeprefix("```"), number + 1
        elif line == "```":
            if fence == "python":
                code = "\n".join(lines[start:number]) + "\n"
                found.setdefault(heading, []).append(Block(page, start, code))
            fence = None
    return found


SECTIONS = {(page, heading): blocks for page in PAGES for heading, blocks in headings(page).items()}
IN_OTHER_PROCESSES = {("engine.md", "Processes")}


@pytest.mark.parametrize(("page", "heading"), sorted(set(SECTIONS) - IN_OTHER_PROCESSES))
def test_a_section_does_what_it_says(
    page: str, heading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a section, one after the other, print exactly what stands beside them."""
    monkeypatch.delenv("GREETING", raising=False)
    namespace: dict[str, Any] = {"__name__": "guide"}
    exec(PRELUDE, namespace)
    for block in SECTIONS[page, heading]:
        assert block.runs(namespace) == block.says()


@pytest.mark.parametrize(("page", "heading"), sorted(IN_OTHER_PROCESSES))
def test_a_script_of_the_guide_does_what_it_says(page: str, heading: str, tmp_path: Path) -> None:
    """What starts processes has to be a script, which they import."""
    (block,) = SECTIONS[page, heading]
    path = tmp_path / "script.py"
    path.write_text(PRELUDE + block.code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", block.says())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_what_there_is(page: str) -> None:
    """Every `cs.name` on it is public."""
    text = PAGES[page].read_text(encoding="utf-8")
    assert set(re.findall(r"\bcs\.([A-Za-z]\w*)", text)) <= set(cs.__all__)


def test_the_guide_has_all_errors_and_events() -> None:
    """Events with their fields."""
    text = GUIDE.read_text(encoding="utf-8")
    for name in cs.__all__:
        kind = getattr(cs, name)
        if isinstance(kind, type) and issubclass(kind, cs.CascadeError):
            assert f"-- {name} " in text or kind is cs.CascadeError
        if isinstance(kind, type) and issubclass(kind, cs.Event) and not kind.__subclasses__():
            (row,) = re.findall(rf"^\|.*`{name}`.*$", text, re.MULTILINE)
            common = {field.name for field in dataclasses.fields(cs.TaskEvent)}
            own = {field.name for field in dataclasses.fields(kind)} - common
            assert own <= set(re.findall(r"`(\w+)`", row)), row


def anchors(page: Path) -> set[str]:
    """What can be linked to on a page: its headings."""
    text = page.read_text(encoding="utf-8")
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    """To a file beside it, and a heading in there, if one is named."""
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[page].read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        file = PAGES[page].parent / (name or page)
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file), target
