"""Recipes: what to generate, checked, and divided into shards. The shipped ones are the .yaml files beside this one."""

from gsi_ray.recipes.loading import RecipeError, load_recipe, revised, shipped_recipes, with_samples
from gsi_ray.recipes.plan import ShardPlan, shards
from gsi_ray.recipes.recipe import Quality, Recipe, Tolerances, Views, fingerprint

__all__ = [
    "Quality",
    "Recipe",
    "RecipeError",
    "ShardPlan",
    "Tolerances",
    "Views",
    "fingerprint",
    "load_recipe",
    "revised",
    "shards",
    "shipped_recipes",
    "with_samples",
]
