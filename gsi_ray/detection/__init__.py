"""3D boxes of what is in a picture: recorded, lifted from 2D by open-vocabulary models, or known to a simulator."""

from gsi_ray.detection.detector import Detector, DetectorFailed, Drawn, Picture, Side
from gsi_ray.detection.records import BadRecord, Detection

__all__ = ["BadRecord", "Detection", "Detector", "DetectorFailed", "Drawn", "Picture", "Side"]
