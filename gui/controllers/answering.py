"""Answers to a notice, and how they are carried out."""

from __future__ import annotations

from gui.controllers.screen import Screen
from gui.models.notice import Answer


def answer_notice(screen: Screen, answer: Answer | None) -> None:
    """The notice that shows was answered; None: it was closed. The next one shows."""
    screen.show_notice(None)
    if answer is not None:
        answer.do()
