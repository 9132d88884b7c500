"""vLLM's server in processes of its own, which can be killed and started again at the same address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_LONGEST_START_S = 300.0


class VllmServer:
    def __init__(self, model: Path, log: Path) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._model = model
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        self.launch()
        end = time.monotonic() + _LONGEST_START_S
        while not self._is_healthy():
            assert self._process and self._process.poll() is None and time.monotonic() < end, self._log.read_text()
            time.sleep(0.5)

    def launch(self) -> None:
        """Returns at once."""
        command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(self._model)]
        command += ["--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--enforce-eager", "--max-model-len", "4096", "--max-num-seqs", "4", "--dtype", "float32"]
        command += ["--limit-mm-per-prompt", '{"image": 2, "video": 0}']
        command += ["--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}']
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def answered(self) -> int:
        """So many questions, since its first start."""
        return self._log.read_text().count('"POST /v1/chat/completions HTTP/1.1" 200')

    def kill(self) -> None:
        """With all its processes."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _is_healthy(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5.0) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False
