"""Reports of evaluations: how well which editor did, how sure that is, and where it fails."""

from gsi_ray.reporting.evaluation.report import WrittenReport, write_report
from gsi_ray.reporting.evaluation.trials import NoScores, ScoresWithoutTriplets

__all__ = ["NoScores", "ScoresWithoutTriplets", "WrittenReport", "write_report"]
