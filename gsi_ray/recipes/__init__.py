"""Recipes: what to generate, checked, and divided into shards. The shipped ones are the .yaml files beside this one."""

from gsi_ray.recipes.loading import RecipeError, load_recipe, revised, shipped_recipes, with_samples
from gsi_ray.recipes.plan import shards
from gsi_ray.recipes.recipe import Recipe, Views, fingerprint, sampling_settings

__all__ = [
    "Recipe",
    "RecipeError",
    "Views",
    "fingerprint",
    "load_recipe",
    "revised",
    "sampling_settings",
    "shards",
    "shipped_recipes",
    "with_samples",
]
