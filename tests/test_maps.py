"""The pages for who changes the program: what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "docs/internals.md")
MADE = {"docs/api/"}
"""What is only there once it has been made."""


@pytest.mark.parametrize("page", PAGES)
def test_files_and_folders_of_a_map_are_there(page: str) -> None:
    """Each path of the repository that a page names in code, files and folders alike."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(
        re.findall(r"`((?:cascade|experiments|gui|tests|scripts|docs|examples)/[\w./]*)`", text)
    )
    assert named
    gone = sorted(path for path in named - MADE if not (ROOT / path).exists())
    assert not gone


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_map_lead_somewhere(page: str) -> None:
    """To files of the repository, beside the page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert links
    assert not [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]


def test_every_folder_of_the_packages_is_on_the_map() -> None:
    """The table of ARCHITECTURE.md has a row for each, so that nobody has to guess."""
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {
        path.parent.relative_to(ROOT)
        for package in ("cascade", "experiments", "gui")
        for path in (ROOT / package).glob("*/__init__.py")
    }
    rows = {
        f"{match[1]}/{name.strip(' `')}"
        for match in re.finditer(r"^\| `(\w+)/([^|]*)\|", table, re.M)
        for name in match[2].split(",")
    }
    assert {str(folder) for folder in folders} == rows
