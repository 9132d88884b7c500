"""Recipes: what to generate, checked, and divided into shards. The shipped ones are the .yaml files beside this one."""

from gsi_ray.recipes.loading import RecipeError, load_recipe, parse_recipe, revised, shipped_recipes, with_samples
from gsi_ray.recipes.plan import Shards, parse_span, shards
from gsi_ray.recipes.recipe import Recipe, Views, Workers, fingerprint, sampling_settings

__all__ = [
    "Recipe",
    "RecipeError",
    "Shards",
    "Views",
    "Workers",
    "fingerprint",
    "load_recipe",
    "parse_recipe",
    "parse_span",
    "revised",
    "sampling_settings",
    "shards",
    "shipped_recipes",
    "with_samples",
]
