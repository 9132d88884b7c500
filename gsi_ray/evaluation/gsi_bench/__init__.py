"""The protocol of GSI-Bench (arXiv 2604.20570, CVPR 2026), to the digit: instruction compliance (IC), spatial accuracy
(SA), edit locality (EL), appearance consistency (AC)."""

from gsi_ray.evaluation.gsi_bench.aggregation import Averages, SampleScores, appearance_score, averages
from gsi_ray.evaluation.gsi_bench.evaluation import Evaluation, evaluate
from gsi_ray.evaluation.gsi_bench.operations import UnknownOperation, operation_of
from gsi_ray.evaluation.gsi_bench.originals import BadPicture, Original
from gsi_ray.evaluation.gsi_bench.records import EditRecord
from gsi_ray.evaluation.gsi_bench.scoring import Score, is_local, score

__all__ = [
    "Averages",
    "BadPicture",
    "EditRecord",
    "Evaluation",
    "Original",
    "SampleScores",
    "Score",
    "UnknownOperation",
    "appearance_score",
    "averages",
    "evaluate",
    "is_local",
    "operation_of",
    "score",
]
