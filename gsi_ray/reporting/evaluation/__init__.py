"""Reports of evaluations: how well which editor did, how sure that is, and where it fails."""

from gsi_ray.reporting.evaluation.appearance import SeveralJudges, UnknownJudge
from gsi_ray.reporting.evaluation.report import NoScores, WrittenReport, write_report
from gsi_ray.reporting.evaluation.trials import ScoresWithoutTriplets

__all__ = ["NoScores", "ScoresWithoutTriplets", "SeveralJudges", "UnknownJudge", "WrittenReport", "write_report"]
