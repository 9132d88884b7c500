"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every run, and no time limit for any of them: machines differ.
settings.register_profile("suite", max_examples=30, deadline=None, derandomize=True)
settings.load_profile("suite")
