"""A stand-in for AI2-THOR's Unity player, driven by the real client: `player` is the executable that runs this.

It speaks both of the client's protocols over a world of our own making, with Unity's conventions and with the real
player's traps, and misbehaves when it is ordered to (see `orders`). What it leaves out: pictures from the agent's own
eyes, which are blank here, and every action that none of `session_actions`, `agent_actions` and `object_actions` has.
"""

from __future__ import annotations

import os
import resource
import sys

from tests.thor_player.game import Game
from tests.thor_player.orders import Orders
from tests.thor_player.pipes import Pipes
from tests.thor_player.session import Connection, Session
from tests.thor_player.web import Web


def main(executable: str, *arguments: str) -> None:
    """Connect as the environment says, and answer until the client is gone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash that was ordered needs no core file
    orders = Orders.from_environment()
    orders.carry_out("launch")
    session = Session(_connection(), _game(os.path.basename(executable), arguments), orders)
    try:
        session.run()
    except (BrokenPipeError, ConnectionError):
        sys.exit("The client is gone.")


def _connection() -> Connection:
    return Pipes.from_environment() if os.environ["AI2THOR_SERVER_TYPE"] == "FIFO" else Web.from_environment()


def _game(executable: str, arguments: tuple[str, ...]) -> Game:
    if "CloudRendering" in executable:  # which does not look at its arguments, and draws RGBA
        return Game(width=300, height=300, channels=4)
    options = dict(zip(arguments[::2], arguments[1::2], strict=False))
    return Game(int(options["-screen-width"]), int(options["-screen-height"]), channels=3)


if __name__ == "__main__":
    main(*sys.argv[1:])
