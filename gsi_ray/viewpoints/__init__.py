"""Where to look from: dispersed positions, scored by what can be acted on, without near-duplicates."""

from gsi_ray.viewpoints.choice import Viewpoint, choose_views
from gsi_ray.viewpoints.settings import VIEW_SETTINGS, ViewSettings

__all__ = ["VIEW_SETTINGS", "ViewSettings", "Viewpoint", "choose_views"]
