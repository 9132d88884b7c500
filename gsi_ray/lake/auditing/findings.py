"""What an audit has to say: every finding belongs to a check, which knows how bad it is and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error makes the lake wrong, a warning is for its owner to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: which check found it, where (a key, a sample), what, and what to do."""

    check: str
    severity: Severity
    where: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Check:
    """Something that is looked for. `remedy` is what to do wherever it is found."""

    name: str
    severity: Severity
    remedy: str

    def finding(self, where: str, what: str) -> Finding:
        """That it is the case there."""
        return Finding(self.name, self.severity, where, what, self.remedy)


@dataclass(frozen=True)
class CheckResult:
    """All the findings of one check: how many, and the first of them."""

    check: str
    severity: Severity
    count: int
    remedy: str
    examples: tuple[Finding, ...]


class Findings:
    """Counts findings by check, and keeps the first few of each: a lake can have more of them than fit in memory."""

    KEPT = 5

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[Finding]] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        """Take these in."""
        for finding in findings:
            self._counts[finding.check] = self._counts.get(finding.check, 0) + 1
            examples = self._examples.setdefault(finding.check, [])
            if len(examples) < self.KEPT:
                examples.append(finding)

    def results(self) -> tuple[CheckResult, ...]:
        """Errors first, then warnings; in each, what was found most often first."""
        results = (
            CheckResult(check, kept[0].severity, self._counts[check], kept[0].remedy, tuple(kept))
            for check, kept in self._examples.items()
        )
        return tuple(sorted(results, key=lambda result: (result.severity, -result.count, result.check)))
