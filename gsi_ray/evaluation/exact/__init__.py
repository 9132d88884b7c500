"""The exact protocol: edits of synthetic samples against the true picture, its masks, depth and boxes.

It takes the measures of GSI-Bench (IC, SA, EL, AC) and closes its gaps: it needs no detector, asks every bystander
whether it is still as it was, and counts small moves as well as large ones.
"""

from gsi_ray.evaluation.exact.scoring import ExactScores, score_exactly
from gsi_ray.evaluation.exact.truth import Truth, WrongSize

__all__ = ["ExactScores", "Truth", "WrongSize", "score_exactly"]
