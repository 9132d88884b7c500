"""What a person decides about a sample, as the page sends it, and as it is kept."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gsi_ray.judging.readings import same_numbers
from gsi_ray.judging.review.errors import UnfitDecision
from gsi_ray.judging.review.showing import Shown
from gsi_ray.judging.verdicts import Verdict


class Decision(BaseModel):
    """What the page sends: all of it each time, the wordings also where they are still those of the lake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    accept: bool
    note: str = Field(max_length=2_000)
    instruction: str = Field(max_length=1_000)
    instruction_zh: str = Field(max_length=1_000)

    @staticmethod
    def read(raw: bytes) -> Decision:
        """A decision in JSON. Raises `UnfitDecision`."""
        try:
            return Decision.model_validate_json(raw)
        except ValidationError as error:
            first = error.errors()[0]
            where = " ".join(map(str, first["loc"])) or "the whole of it"
            raise UnfitDecision(f"What the page sent is no decision ({where}: {first['msg']}): reload it.") from None

    def verdict(self, shown: Shown) -> Verdict:
        """The verdict on what was shown; of the wordings, those that were changed.

        Raises `UnfitDecision` for a wording that gives other numbers than the instruction.
        """
        return Verdict(
            score=float(self.accept),
            accept=self.accept,
            reasoning=self.note.strip() or None,
            instruction=_changed("English", self.instruction, shown.subject.instruction, shown),
            instruction_zh=_changed("Chinese", self.instruction_zh, shown.instruction_zh, shown),
        )


def _changed(language: str, given: str, known: str | None, shown: Shown) -> str | None:
    wording = " ".join(given.split())
    if not wording or wording == known:
        return None
    if not same_numbers(wording, shown.subject.instruction):
        raise UnfitDecision(
            f"The {language} wording does not give the same numbers as the instruction: keep every distance, angle and "
            "factor as it is, in digits and with its unit."
        )
    return wording
