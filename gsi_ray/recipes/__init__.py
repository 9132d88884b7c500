"""Recipes: what to generate, checked, and divided into shards. The shipped ones are the .yaml files beside this one."""

from gsi_ray.recipes.evaluation import PROTOCOLS, EvaluationRecipe
from gsi_ray.recipes.judging import Judge, Panel
from gsi_ray.recipes.loading import (
    RecipeError,
    load_evaluation,
    load_judges,
    load_recipe,
    parse_recipe,
    read_settings,
    revised,
    revised_evaluation,
    settings_file,
    shipped_recipes,
    with_samples,
)
from gsi_ray.recipes.plan import Shards, parse_span, shards
from gsi_ray.recipes.recipe import Recipe, Views, Workers, fingerprint, sampling_settings

__all__ = [
    "PROTOCOLS",
    "EvaluationRecipe",
    "Judge",
    "Panel",
    "Recipe",
    "RecipeError",
    "Shards",
    "Views",
    "Workers",
    "fingerprint",
    "load_evaluation",
    "load_judges",
    "load_recipe",
    "parse_recipe",
    "parse_span",
    "read_settings",
    "revised",
    "revised_evaluation",
    "sampling_settings",
    "settings_file",
    "shards",
    "shipped_recipes",
    "with_samples",
]
