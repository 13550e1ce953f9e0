"""A registry: declarations by name, for everything that shows, writes or explains them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TypeVar


class Declaration(Protocol):
    """A declaration."""

    @property
    def name(self) -> str:
        """What it is known by."""


Declared = TypeVar("Declared", bound=Declaration)


class Registry(Mapping[str, Declared]):
    """Declarations by name, in the order in which they were added.

    Parameters
    ----------
    declarations
        What it begins with.
    """

    def __init__(self, declarations: Iterable[Declared] = ()) -> None:
        self._declared: dict[str, Declared] = {}
        for each in declarations:
            self.add(each)

    def __getitem__(self, name: str) -> Declared:
        return self._declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def add(self, declaration: Declared) -> None:
        """Add a declaration.

        Raises
        ------
        ValueError
            There is one of that name.
        """
        if declaration.name in self._declared:
            raise ValueError(f"'{declaration.name}' is declared already")
        self._declared[declaration.name] = declaration

    def remove(self, name: str) -> None:
        """Remove a declaration; KeyError if there is none of that name."""
        del self._declared[name]

    @contextmanager
    def adding(self, declaration: Declared) -> Iterator[Declared]:
        """A context in which there is one more declaration."""
        self.add(declaration)
        try:
            yield declaration
        finally:
            self.remove(declaration.name)
