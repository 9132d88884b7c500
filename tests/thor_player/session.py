"""The player's side of a session: an action comes in, an answer goes out, or what is ordered instead."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Protocol

from tests.thor_player import agent_actions, object_actions, session_actions  # noqa: F401  (they enter their actions)
from tests.thor_player.actions import Outcome, perform
from tests.thor_player.answers import Answer
from tests.thor_player.game import Game
from tests.thor_player.orders import FAULTS, Orders, die_soon, hang

_NO_DOCUMENT = b"\xc1{this is no document"


class Connection(Protocol):
    """One of the client's protocols."""

    can_patch: bool

    def encode(self, answer: Answer, body: bytes | None = None) -> bytes: ...
    def send(self, message: bytes) -> None: ...
    def receive(self) -> dict[str, Any] | None: ...
    def close(self) -> None: ...


class Session:
    """Runs until the client is gone."""

    def __init__(self, connection: Connection, game: Game, orders: Orders) -> None:
        self._connection = connection
        self._game = game
        self._orders = orders

    def run(self) -> None:
        """Speak first, then answer."""
        greeting = self._game.answer({"action": "Launch", "sequenceId": 0}, Outcome())
        self._say(greeting)
        if (fault := self._orders.take("connected")) == "close":
            self._close(greeting)
        elif fault is not None:
            FAULTS[fault]()
        while (action := self._connection.receive()) is not None:
            fault = self._orders.take(action["action"])
            if fault is None:
                self._say(self._answer(action))
            elif fault in self._spoil:
                self._spoil[fault](self, self._answer(action))
            else:
                FAULTS[fault]()

    def _answer(self, action: dict[str, Any]) -> Answer:
        outcome = perform(self._game, action)
        answer = self._game.answer(action, outcome)
        emits = outcome.emits and self._connection.can_patch and self._game.settings.get("fastActionEmit", True)
        return replace(answer, is_patch=bool(emits))

    def _say(self, answer: Answer) -> None:
        self._connection.send(self._connection.encode(answer))

    def _say_half(self, answer: Answer) -> None:
        message = self._connection.encode(answer)
        self._connection.send(message[: len(message) // 2])

    def _half(self, answer: Answer) -> None:
        self._say_half(answer)
        hang()

    def _half_exit(self, answer: Answer) -> None:
        self._say_half(answer)
        os._exit(0)

    def _patch(self, answer: Answer) -> None:
        assert self._connection.can_patch, "only pipes know patches"
        self._say(replace(answer, is_patch=True))

    def _garbage(self, answer: Answer) -> None:
        self._connection.send(self._connection.encode(answer, body=_NO_DOCUMENT))

    def _wrong_sequence(self, answer: Answer) -> None:
        self._say(answer.numbered(answer.metadata["sequenceId"] + 1000))

    def _close(self, answer: Answer) -> None:
        self._connection.close()
        hang()

    def _die_idle(self, answer: Answer) -> None:
        self._say(answer)
        die_soon()

    _spoil: ClassVar[dict[str, Callable[[Session, Answer], None]]] = {
        "half": _half,
        "half_exit": _half_exit,
        "patch": _patch,
        "garbage": _garbage,
        "wrong_sequence": _wrong_sequence,
        "close": _close,
        "die_idle": _die_idle,
    }
