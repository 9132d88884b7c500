"""A real Chromium, driven as its developer tools drive it: real keys, under the page's own security policy."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

_WAIT_S = 30.0
_NAMED_KEYS = {"Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37, " ": 32}


class Browser:
    """One tab. `complaints` is what it has written to its console, or has refused to do."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._calls = 0
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, address: str) -> None:
        self._call("Page.navigate", url=address)

    def eval(self, script: str) -> Any:
        """What an expression, or the promise that it gives, comes to."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def text(self, selector: str) -> str:
        return self.eval(f"document.querySelector({selector!r})?.textContent ?? ''")

    def wait(self, selector: str, text: str) -> None:
        """Until an element's text contains this."""
        deadline = time.monotonic() + _WAIT_S
        while text not in (seen := self.text(selector)):
            assert time.monotonic() < deadline, f"{selector} says {seen!r} and not {text!r}; {self.text('#status')!r}"
            time.sleep(0.02)

    def key_down(self, key: str, *, repeated: bool = False) -> None:
        code = _NAMED_KEYS.get(key, ord(key[0].upper()))
        text = {} if key in ("Escape", "ArrowRight", "ArrowLeft") else {"text": "\r" if key == "Enter" else key}
        self._call(
            "Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, autoRepeat=repeated, **text
        )

    def key_up(self, key: str) -> None:
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.key_down(key)
            self.key_up(key)

    def type(self, text: str) -> None:
        """In place of what is in the field that has the focus."""
        self.eval("document.activeElement.select()")
        self._call("Input.insertText", text=text)

    def show(self, width: int, height: int, scheme: str = "light") -> None:
        """In a window of this size, in light or dark."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, out: Path) -> None:
        out.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def _call(self, method: str, **parameters: Any) -> Any:
        self._calls += 1
        self._socket.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(_WAIT_S))
            if message.get("id") == self._calls:
                assert "error" not in message, message
                return message["result"]
            if message.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(json.dumps(message["params"]))


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A browser that ends with the block; `profile` is a folder for what it keeps."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("This test opens a page in Chromium, which is not installed: apt-get install chromium.")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [program, *switches, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "DevTools listening on" in line)
        port = line.split("127.0.0.1:")[1].split("/")[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_WAIT_S) as answer:
            tab = next(one for one in json.load(answer) if one["type"] == "page")
        with connect(tab["webSocketDebuggerUrl"], max_size=None, open_timeout=_WAIT_S) as socket:
            yield Browser(socket)
    finally:
        process.kill()
        process.wait()
