"""The reference: one page with every public name, readable as it stands."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cascade as cs
from tests.once import made_once

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page as `make docs` makes it, with every warning an error."""

    def make(folder: Path) -> None:
        path = folder / "api" / "index.html"
        done = subprocess.run(
            [sys.executable, "-W", "error", "scripts/reference.py", "--output", str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"The reference: {path}\n"

    folder = made_once(tmp_path_factory, "reference", make)
    return (folder / "api" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(page: str) -> str:
    """What a reader sees of it."""
    body = re.sub(r"<(script|style|svg).*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def test_every_public_name_has_an_entry_that_says_something(page: str) -> None:
    """A section for each name of the module, with a description in it."""
    sections = re.findall(r'<section id="(\w+)">(.*?)</section>', page, flags=re.DOTALL)
    assert [name for name, _ in sections] == cs.__all__
    for name, section in sections:
        assert 'class="docstring"' in section, name


def test_what_a_user_calls_is_shown_where_it_is_looked_for(page: str) -> None:
    """Methods that come from private bases, and calling a task; nothing undescribed."""
    for anchor in (
        "LazyResult.with_retry",
        "MappedResult.with_constraints",
        "Task.__call__",
        "Task.map",
        "ThreadExecutor.shutdown",
        "ProcessExecutor.execute",
        "Progress.reached",
        "Engine.aclose",
    ):
        assert f'<div id="{anchor}" class="classattr">' in page
    for hidden in ("Engine.plans", "Engine.admission", "Solver.__init__", "Channel.receiver"):
        assert f'id="{hidden}"' not in page


def test_docstrings_are_rendered_not_shown_as_source(page: str, text: str) -> None:
    """No underlined headings, roles or double colons are left; parameters are lists."""
    for source in (r"\n *-{3,}\n", r":(class|meth|data|func|mod):", r"::\n", "``", "@public"):
        assert not re.search(source, text), source
    entry = page[page.index('<section id="FileCache">') :]
    assert re.search(r">Parameters</h6>\s*<ul>\s*<li><strong>directory</strong>: Where", entry)


def test_the_page_needs_nothing_else(page: str) -> None:
    """Neither scripts nor styles nor pictures come from anywhere else."""
    assert not re.findall(r'src="(?!data:)[^"]*|<link[^>]*href="(?!data:)[^"]*', page)
    assert not re.findall(r"url\((?!['\"]?data:)|@import", page)


def test_links_within_the_page_lead_somewhere(page: str) -> None:
    """Every link to an entry has that entry."""
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
    assert not re.findall(r'href="[^"#]*\.html', page)
