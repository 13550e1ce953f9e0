"""The commands as Qt knows them: an action for each, with its keys and its menu entries."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from gui.controls.key_names import names_of
from gui.models.command import (
    AnyCommand,
    CommandTable,
    MenuEntry,
    MenuPlace,
    Situation,
    commands_of,
    entries_at,
)


class Actions(QObject):
    """Hears keys and menus, says which command is asked for, and shows which can be.

    Parameters
    ----------
    table
        The commands.
    window
        Where their keys are heard.

    Attributes
    ----------
    situation
        What the window shows, as far as it was told.
    """

    asked = Signal(object)
    """The command asked for."""

    situationChanged = Signal(object)

    def __init__(self, table: CommandTable, window: QWidget) -> None:
        super().__init__(window)
        self.table, self.situation = table, Situation()
        self._by_name: dict[str, QAction] = {}
        self._by_key: dict[str, QAction] = {}
        self._entries: dict[tuple[str, MenuEntry], QAction] = {}
        self._all: list[tuple[AnyCommand, QAction]] = []
        for command in commands_of(table):
            self._add(command, window)
        self._show_state()

    def __getitem__(self, name: str) -> QAction:
        """The action of a command, by its name."""
        return self._by_name[name]

    def at(self, place: MenuPlace) -> list[QAction]:
        """The menu entries of a place, from above."""
        return [self._entries[each.name, entry] for each, entry in entries_at(self.table, place)]

    def press(self, event: QKeyEvent) -> bool:
        """Ask for what a key stands for that no shortcut has taken; whether it does for anything.

        Some keys go by their place as well, which a shortcut can't; and some are left to a
        control that has the focus.
        """
        for name in names_of(event):
            if (action := self._by_key.get(name)) is not None:
                if not event.isAutoRepeat():
                    action.trigger()
                return True
        return False

    def show(self, **changes: Any) -> None:
        """Show which commands can be asked for, and which are on, by what has changed.

        Parameters
        ----------
        changes
            Fields of :class:`~gui.models.command.Situation`.
        """
        now = replace(self.situation, **changes)
        if now != self.situation:
            self.situation = now
            self._show_state()
            self.situationChanged.emit(now)

    def _show_state(self) -> None:
        for command, action in self._all:
            action.setEnabled(command.is_enabled(self.situation))
            if command.is_on is not None:
                action.setChecked(command.is_on(self.situation))

    def _add(self, command: AnyCommand, window: QWidget) -> None:
        action = self._action(command)
        self._by_name[command.name] = action
        keys = (*command.keys, *command.other_keys)
        self._by_key.update(dict.fromkeys(keys, action))
        if not command.gives_way:
            action.setShortcuts([QKeySequence(key) for key in keys])
        action.setAutoRepeat(False)  # a key held down must not flash the grid
        window.addAction(action)
        for number, entry in enumerate(command.entries):
            shown = self._action(command) if number else action
            self._entries[command.name, entry] = shown
            # The key is part of the words, so that every system shows it.
            key = QKeySequence(command.keys[0] if command.keys else "")
            native = key.toString(QKeySequence.SequenceFormat.NativeText)
            shown.setText(f"{entry.words}\t{native}" if native else entry.words)
            if entry.sentence:
                shown.setToolTip(entry.sentence)

    def _action(self, command: AnyCommand) -> QAction:
        action = QAction(self)
        action.setCheckable(command.is_on is not None)
        action.triggered.connect(partial(self._on_action_triggered, command))
        self._all.append((command, action))
        return action

    def _on_action_triggered(self, command: AnyCommand) -> None:
        self.asked.emit(command)
        self._show_state()  # Qt has turned its tick, whatever came of it
