"""`gsi-ray ...`: every command is a thin call into the packages, and every known error is one sentence."""

# Packages are imported inside the commands, so that `gsi-ray --help` comes at once.

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from gsi_ray import __version__
from gsi_ray.errors import GsiRayError

if TYPE_CHECKING:
    from gsi_ray.pipelines.derive import Derivation
    from gsi_ray.recipes import EvaluationRecipe, Recipe

BAD_INPUT = 2
INTERRUPTED = 130


class _Commands(TyperGroup):
    """The one place where errors that a user can put right become a sentence and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except GsiRayError as error:
            print(f"gsi-ray: {error}", file=sys.stderr)
            raise SystemExit(error.exit_status) from error
        except OSError as error:
            if error.filename is None:
                raise
            print(f"gsi-ray: {error.filename} cannot be used: {error.strerror}.", file=sys.stderr)
            raise SystemExit(BAD_INPUT) from error
        except Exception as error:
            from polars.exceptions import PolarsError

            if not isinstance(error, PolarsError):
                raise
            print(f"gsi-ray: the lake's files cannot be read: {str(error).splitlines()[0]}.", file=sys.stderr)
            raise SystemExit(BAD_INPUT) from error
        except KeyboardInterrupt as interrupt:
            print(
                "gsi-ray: interrupted; what is finished is kept, and the same command goes on from there.",
                file=sys.stderr,
            )
            raise SystemExit(INTERRUPTED) from interrupt


app = typer.Typer(
    cls=_Commands,
    help="Data for generative spatial intelligence: physically verified spatial edits, with the whole 3D truth.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LakeOption = Annotated[str, typer.Option("--lake", help="A folder, or the URL of one: s3://, gs://, az://.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, help="How many processes work at once; one per core if not given.")
]
SamplesOption = Annotated[
    int | None,
    typer.Option("--samples", help="Samples of each operation in each environment, in place of the recipe's."),
]
ShardsOption = Annotated[
    str | None,
    typer.Option(
        "--shards", metavar="FIRST:LAST", help="Only these shards, the last one left out: one cluster's part of many."
    ),
]
ImageSizeOption = Annotated[int | None, typer.Option("--image-size", help="Side of the pictures in pixels.")]
SplitOption = Annotated[list[str] | None, typer.Option("--split", help="Only this split; may be given again.")]
EnvironmentOption = Annotated[
    list[str] | None, typer.Option("--environment", help="Only this environment; may be given again.")
]
AlexNetOption = Annotated[
    Path | None,
    typer.Option("--alexnet", help="The file with AlexNet's weights for LPIPS; torch's download if not given."),
]
ReportOption = Annotated[Path, typer.Option("--out", help="The folder to write the report to.")]
SimulatorOption = Annotated[
    str | None, typer.Option("--simulator", help="mujoco, ai2thor, or package.module:Class, in place of the recipe's.")
]


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        print(f"gsi-ray {__version__}")
        raise typer.Exit


@app.command()
def generate(
    recipe: Annotated[
        str, typer.Argument(help="A recipe's name (see 'gsi-ray recipes'), or the path of a .yaml file.")
    ],
    lake: LakeOption,
    samples: SamplesOption = None,
    workers: WorkersOption = None,
    image_size: ImageSizeOption = None,
    simulator: SimulatorOption = None,
    shards: ShardsOption = None,
) -> None:
    """Make the samples of a recipe that the lake does not hold yet."""
    from gsi_ray.recipes import load_recipe, parse_span

    span = parse_span(shards) if shards is not None else None
    _generate(_adapted(load_recipe(recipe), samples, image_size, simulator), lake, workers, span)


@app.command()
def plan(
    recipe: Annotated[
        str, typer.Argument(help="A recipe's name (see 'gsi-ray recipes'), or the path of a .yaml file.")
    ],
    samples: SamplesOption = None,
    image_size: ImageSizeOption = None,
) -> None:
    """Tell what a recipe will take: time, machines, storage, and requests to it."""
    from rich import print as print_rich

    from gsi_ray.recipes import load_recipe
    from gsi_ray.recipes.costs import costs
    from gsi_ray.recipes.rates import measured_rates
    from gsi_ray.reporting.costs import costs_table

    adapted = _adapted(load_recipe(recipe), samples, image_size)
    rates = measured_rates()
    print_rich(costs_table(adapted, costs(adapted, rates), rates))


@app.command()
def demo(
    lake: LakeOption = "demo-lake",
    out: Annotated[Path, typer.Option("--out", help="The page to look at.")] = Path("demo.html"),
    samples: SamplesOption = None,
    workers: WorkersOption = None,
    image_size: ImageSizeOption = None,
) -> None:
    """Make a small data set of everything, and a page to look at it."""
    from gsi_ray.recipes import load_recipe

    _generate(_adapted(load_recipe("demo"), samples, image_size), lake, workers)
    gallery(lake, out)


@app.command()
def status(
    lake: LakeOption,
    recipe_name: Annotated[
        str | None, typer.Option("--recipe-name", help="Only recipes whose name (and fingerprint) begins so.")
    ] = None,
) -> None:
    """Tell what is done, how fast it goes, what is missing and what failed; also while runs are going on."""
    from datetime import UTC, datetime

    from rich import print as print_rich

    from gsi_ray.reporting.status import lake_status, status_report

    statuses = lake_status(lake, datetime.now(UTC), recipe_name)
    if statuses:
        print_rich(status_report(statuses))
    else:
        print(f"No run was begun in {lake} yet: gsi-ray generate begins one.")


@app.command()
def gallery(
    lake: LakeOption,
    out: Annotated[Path, typer.Option("--out", help="The HTML file to write.")],
) -> None:
    """Write one self-contained page with the pictures, boxes and numbers of a lake's samples."""
    from gsi_ray.reporting.gallery import write_gallery

    write_gallery(lake, out)
    print(f"Open {out} in a browser to look at the samples.")


@app.command()
def review(
    lake: LakeOption,
    name: Annotated[str, typer.Option("--name", help="Yours: the lake keeps your verdicts as those of this judge.")],
    rubric: Annotated[
        str, typer.Option("--rubric", help="The rubric that the verdicts count for: its name, or a .yaml file.")
    ] = "plausibility",
    editor: Annotated[
        str | None, typer.Option("--editor", help="Judge what this editor made of the samples, not their truth.")
    ] = None,
    rejected_by: Annotated[
        str | None, typer.Option("--rejected-by", help="Only what this judge has not accepted by the same rubric.")
    ] = None,
    split: SplitOption = None,
    environment: EnvironmentOption = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="8765 if not given, or any free one if that is taken."),
    ] = None,
) -> None:
    """Judge samples by eye, one after the other, on a page that is served to this machine alone."""
    from gsi_ray.judging import load_rubric
    from gsi_ray.judging.review import Review, ReviewServer, Selection

    selection = Selection(editor, rejected_by, split or (), environment or ())
    one = Review(lake, name, load_rubric(rubric), selection)
    with ReviewServer(one, port) as server:
        print(f"Open {server.address} in a browser on this machine; Ctrl-C ends the review.", flush=True)
        server.serve_until_interrupted()
    print(one.summary)


@app.command()
def show(
    sample: Annotated[str, typer.Argument(help="A sample's id.")],
    lake: LakeOption,
    out: Annotated[
        Path | None, typer.Option("--out", help="The PNG file to write; sample-<id>.png if not given.")
    ] = None,
) -> None:
    """Print the facts of one sample, and write its picture: before and after, with the boxes of what it is about."""
    from rich import print as print_rich

    from gsi_ray.lake import read_sample
    from gsi_ray.reporting.picture import strip
    from gsi_ray.reporting.sample import describe

    triplet = read_sample(sample, lake)
    out = out or Path(f"sample-{triplet.sample_id}.png")
    print_rich(describe(triplet))
    strip(triplet, boxes=True).save(out)
    print(f"Picture: {out}")


@app.command()
def export(
    lake: LakeOption,
    to: Annotated[str, typer.Option("--to", help="huggingface, webdataset, bagel or gsi-bench.")],
    out: Annotated[str, typer.Option("--out", help="The folder to make, or the URL of one.")],
    split: SplitOption = None,
    environment: EnvironmentOption = None,
    operation: Annotated[
        list[str] | None, typer.Option("--operation", help="Only this operation; may be given again.")
    ] = None,
    with_rejected: Annotated[
        bool, typer.Option("--with-rejected", help="Also export what a judge has not accepted.")
    ] = False,
    judge: Annotated[
        str | None, typer.Option("--judge", help="With --rubric: only what this judge has accepted by it.")
    ] = None,
    rubric: Annotated[str | None, typer.Option("--rubric", help="With --judge: the rubric it has judged by.")] = None,
) -> None:
    """Write samples in the files that other programs read, with a data card."""
    from gsi_ray.lake import Gate
    from gsi_ray.lake.exports import Selection
    from gsi_ray.pipelines.export import export as run

    gate = Gate.of(judge, rubric)
    selection = Selection(tuple(split or ()), tuple(environment or ()), tuple(operation or ()), with_rejected, gate)
    exported = run(lake, to, out, selection)
    if exported.is_there:
        print(f"Nothing to do: this export is in {out}.")
    else:
        print(f"{exported.samples:,} samples are in {out}; {out}/README.md tells how to read them.")
        if gate is not None:
            print(f"Left out: {exported.rejected:,} that {gate} has rejected, {exported.unjudged:,} it has not judged.")


@app.command()
def edit(
    lake: LakeOption,
    editor: Annotated[
        list[str],
        typer.Option("--editor", help="truth, identity, or a truth with a mistake: shifted-5cm; may be given again."),
    ],
    split: SplitOption = None,
    environment: EnvironmentOption = None,
    workers: WorkersOption = None,
) -> None:
    """Have editors carry out the instructions of a lake's samples, as far as they have not."""
    from gsi_ray.pipelines.edit import edit as run

    done = run(lake, editor, splits=split or (), environments=environment or (), workers=workers)
    _tell(done, lake, "edits", "gsi-ray evaluate scores them")


@app.command()
def evaluate(
    lake: LakeOption,
    recipe: Annotated[Path | None, typer.Option("--recipe", help="A .yaml file that says how to score.")] = None,
    editor: Annotated[
        list[str] | None, typer.Option("--editor", help="Only edits by this editor; may be given again.")
    ] = None,
    protocol: Annotated[
        list[str] | None, typer.Option("--protocol", help="exact or gsi-bench; both if not given.")
    ] = None,
    detector: Annotated[
        str | None, typer.Option("--detector", help="For gsi-bench: oracle, lifting, recorded or detany3d.")
    ] = None,
    alexnet: AlexNetOption = None,
    split: SplitOption = None,
    environment: EnvironmentOption = None,
    again: Annotated[bool, typer.Option("--again", help="Also score what has been scored before.")] = False,
    workers: WorkersOption = None,
) -> None:
    """Score the edits in a lake, as far as they have not been, by GSI-Bench's protocol and by the exact one."""
    from gsi_ray.evaluation.backbone import load_lpips
    from gsi_ray.pipelines.evaluate import evaluate as run

    settings = _evaluation(recipe, protocols=protocol, detector=detector, alexnet=alexnet)
    lacks = load_lpips(settings.alexnet)[1] if "gsi-bench" in settings.protocols else None
    done = run(
        lake,
        settings,
        editors=editor or (),
        splits=split or (),
        environments=environment or (),
        again=again,
        workers=workers,
    )
    _tell(done, lake, "scores", "gsi-ray report lays them out")
    if lacks:
        print(f"The scores by gsi-bench lack what needs LPIPS. {lacks} Then score again, with --again.")


@app.command()
def judge(
    lake: LakeOption,
    judge: Annotated[
        str, typer.Option("--judge", help="A judge's name (qwen3-vl-235b, qwen3-vl-8b), or a judge's or panel's file.")
    ],
    rubric: Annotated[
        list[str] | None,
        typer.Option("--rubric", help="plausibility if not given, or another's name or file; may be given again."),
    ] = None,
    editor: Annotated[
        list[str] | None,
        typer.Option(
            "--editor", help="Judge what this editor made of the samples, not their truth; may be given again."
        ),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Judge edits of which it is known whether they are right.")
    ] = False,
    out: ReportOption = Path("report"),
    split: SplitOption = None,
    environment: EnvironmentOption = None,
    workers: WorkersOption = None,
) -> None:
    """Have a vision-language model judge samples or edits, as far as it has not; or see how far it can be trusted."""
    from gsi_ray.judging import load_rubric
    from gsi_ray.pipelines.calibrate import calibrate as run_calibration
    from gsi_ray.pipelines.judge import Extent
    from gsi_ray.pipelines.judge import judge as run
    from gsi_ray.recipes import load_judges

    if calibrate and editor:
        raise typer.BadParameter("--calibrate judges edits of its own: leave --editor out.")
    panel, judges = load_judges(judge)
    rubrics = [load_rubric(name) for name in rubric or ["plausibility"]]
    extent = Extent(tuple(editor or ()), tuple(split or ()), tuple(environment or ()))
    if calibrate:
        done = run_calibration(lake, judges, rubrics, extent, panel=panel, workers=workers)
    else:
        done = run(lake, judges, rubrics, extent, panel=panel)
    _tell(done, lake, "judgements", "gsi-ray report lays out what they say of editors and judges")
    if calibrate:
        report(lake, out)


@app.command("gsi-bench")
def gsi_bench(
    original: Annotated[Path, typer.Option("--original", help="The folder of original pictures and edit files.")],
    edited: Annotated[Path, typer.Option("--edited", help="The folder of edited pictures.")],
    output: Annotated[Path, typer.Option("--output", help="The folder for results; its infer_cache.json is used.")],
    dataset: Annotated[
        str, typer.Option("--dataset", help="GSI-Real, or anything else for a synthetic one.")
    ] = "GSI-Real",
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="A .yaml file that names the detector and its settings.")
    ] = None,
    detector: Annotated[
        str | None, typer.Option("--detector", help="What finds things that the cache lacks: lifting or detany3d.")
    ] = None,
    alexnet: AlexNetOption = None,
) -> None:
    """Score GSI-Bench's own folders, and write the files that its official code writes, for all its modes at once."""
    from gsi_ray.pipelines.gsi_bench import evaluate_folders

    settings = _evaluation(recipe, detector=detector, alexnet=alexnet)
    run, lacks = evaluate_folders(
        original, edited, output, settings, real=dataset == "GSI-Real", detect=bool(recipe or detector)
    )
    for name, reason in run.errors.items():
        print(f"{name}: {reason}", file=sys.stderr)
    errors = f", {len(run.errors):,} could not be" if run.errors else ""
    print(f"{len(run.evaluations):,} edits are scored{errors}; the results are in {output}.")
    if lacks:
        print(f"What needs LPIPS is not known. {lacks}")


@app.command()
def benchmark(
    lake: LakeOption = "demo-lake",
    out: ReportOption = Path("report"),
    recipe: Annotated[str, typer.Option("--recipe", help="What the lake is filled with, if it is not yet.")] = "demo",
    editor: Annotated[
        list[str] | None, typer.Option("--editor", help="May be given again; some truths and mistakes if not given.")
    ] = None,
    alexnet: AlexNetOption = None,
    samples: SamplesOption = None,
    workers: WorkersOption = None,
) -> None:
    """Generate, edit, evaluate and report in one go, as far as it has not been done."""
    from gsi_ray.evaluation.backbone import load_lpips
    from gsi_ray.pipelines.edit import edit as make_edits
    from gsi_ray.pipelines.evaluate import evaluate as score
    from gsi_ray.recipes import PROTOCOLS, load_recipe

    lacks = load_lpips(alexnet)[1]
    protocols = [name for name in PROTOCOLS if name != "gsi-bench" or not lacks]
    settings = _evaluation(None, protocols=protocols, alexnet=alexnet)
    editors = editor or ["truth", "identity", "shifted-5cm", "wrong-object", "tinted-10pct"]
    _generate(_adapted(load_recipe(recipe), samples, None), lake, workers)
    _tell(make_edits(lake, editors, workers=workers), lake, "edits", "now they are scored")
    _tell(score(lake, settings, editors=editors, workers=workers), lake, "scores", "now they are laid out")
    if lacks:
        print(f"Nothing is scored by gsi-bench, the most of which needs LPIPS. {lacks}")
    report(lake, out)


@app.command()
def report(
    lake: LakeOption,
    out: ReportOption = Path("report"),
    judge: Annotated[
        str | None, typer.Option("--judge", help="Whose word appearance (AC) is, where several judges have judged it.")
    ] = None,
) -> None:
    """Lay out the scores in a lake, and how far its judges are to be trusted: a page, Markdown, and tables."""
    from gsi_ray.reporting.evaluation import write_report

    write_report(lake, out, judge)
    print(f"Open {out / 'index.html'} in a browser; {out / 'report.md'} and the tables beside it say the same.")


@app.command()
def schema(
    table: Annotated[str | None, typer.Argument(help="A table's name; all of them if not given.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A folder to write the schemas to as files.")] = None,
) -> None:
    """Print what every column of the lake's tables means, or write it to files."""
    from gsi_ray.lake import data_dictionary, publish_schemas, table_named
    from gsi_ray.lake.schemas import TABLES

    tables = [table_named(table)] if table else list(TABLES.values())
    if out is None:
        print("\n".join(data_dictionary(one) for one in tables))
    else:
        for file in publish_schemas(tables, out):
            print(file)


@app.command()
def recipes() -> None:
    """List the recipes that come with the package."""
    from rich.console import Console
    from rich.table import Table

    from gsi_ray.recipes import shipped_recipes

    table = Table("recipe", "samples", "what it makes", box=None)
    for recipe in shipped_recipes():
        table.add_row(recipe.name, f"{recipe.samples:,}", recipe.description)
    Console().print(table)


@app.command()
def audit(
    lake: LakeOption,
    pictures: Annotated[
        float,
        typer.Option(
            "--pictures",
            min=0.0,
            max=1.0,
            help="Share of the files whose pictures are opened; of the others, everything else is read.",
        ),
    ] = 1.0,
    workers: WorkersOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="A JSON file to write the findings to as well.")] = None,
) -> None:
    """Look through a lake for what is damaged, untrue, in two splits, twice there, or lopsided."""
    from rich import print as print_rich

    from gsi_ray.lake.audit import audit as run
    from gsi_ray.lake.auditing.findings import Severity
    from gsi_ray.reporting.audit import audit_json, audit_progress, audit_summary

    with audit_progress() as progress:
        report = run(lake, pictures=pictures, workers=workers or os.cpu_count() or 1, progress=progress)
    print_rich(audit_summary(report))
    if out is not None:
        out.write_text(audit_json(report), encoding="utf-8")
    if report.count(Severity.ERROR):
        raise typer.Exit(1)


@app.command()
def repair(
    lake: LakeOption,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is found; without it, it is only listed.")] = False,
    workers: WorkersOption = None,
) -> None:
    """Remove files that are proven bad, and what killed writers left; then tell how to make them again."""
    from gsi_ray.lake.repair import find_damage, recipes_of, remove_damage
    from gsi_ray.reporting.audit import audit_progress, damage_lines, removal_lines

    with audit_progress() as progress:
        damage = find_damage(lake, workers=workers or os.cpu_count() or 1, progress=progress)
    for line in damage_lines(damage):
        print(line)
    if yes:
        removed = remove_damage(lake, damage)
        for line in removal_lines(lake, removed, recipes_of(lake, removed)):
            print(line)
    elif damage.is_some:
        print("Nothing is removed yet: that takes --yes, at a time when nothing writes to the lake.")


@app.command()
def doctor(
    lake: Annotated[str | None, typer.Option("--lake", help="Also try to write to this lake.")] = None,
    simulator: Annotated[
        str | None, typer.Option("--simulator", help="Also look for what this simulator needs: ai2thor, mujoco.")
    ] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="With --simulator: also prove on real scenes what it promises.")
    ] = False,
) -> None:
    """Tell what works on this machine, what is missing, and how to get it."""
    from rich.console import Console

    from gsi_ray.doctor import diagnosis, line

    console = Console(soft_wrap=True, highlight=False)
    ready = True
    for finding in diagnosis(lake, simulator, smoke=smoke):
        console.print(line(finding))
        ready &= finding.works or not finding.needed
    if not ready:
        raise typer.Exit(1)


def _adapted(recipe: Recipe, samples: int | None, image_size: int | None, simulator: str | None = None) -> Recipe:
    from gsi_ray.recipes import revised, with_samples

    if samples is not None:
        recipe = with_samples(recipe, samples)
    if image_size is not None:
        recipe = revised(recipe, image_size=image_size)
    if simulator is not None:
        recipe = revised(recipe, simulator=simulator)
    return recipe


def _evaluation(file: Path | None, **given: Any) -> EvaluationRecipe:
    """The recipe in a file, or the one for which nothing is set, with what is given in place of it."""
    from gsi_ray.recipes import EvaluationRecipe, load_evaluation, revised_evaluation

    recipe = load_evaluation(file) if file else EvaluationRecipe()
    return revised_evaluation(recipe, **{name: value for name, value in given.items() if value})


def _tell(done: Derivation, lake: str, what: str, then: str) -> None:
    if not done.rows:
        print(f"Nothing to do: all {what} are in {lake}.")
    else:
        errors = f", {done.errors:,} of them with an error in place of a result" if done.errors else ""
        print(f"{done.rows:,} {what} are new in {lake}{errors}; {then}.")


def _generate(recipe: Recipe, lake: str, workers: int | None, span: range | None = None) -> None:
    from rich import print as print_rich

    from gsi_ray.pipelines.generate import generate as run
    from gsi_ray.reporting.summary import run_summary

    generation = run(recipe, lake, workers=workers, span=span)
    if generation.run_id is None:
        print(f"Nothing to do: all {generation.shards_planned} shards of {recipe.name} are in {lake}.")
    else:
        print_rich(run_summary(lake, generation.run_id))
    for (environment, split, operation), count in generation.lacking.items():
        print(
            f"{count} samples short: {operation} in {environment}/{split}; "
            "a whole round of further scenes gave not one more, so it cannot be had with this recipe."
        )
    if recipe.gate and generation.waiting:
        print(
            f"{generation.waiting:,} samples wait for the recipe's gate: gsi-ray judge --lake {lake} --judge "
            f"{recipe.gate.judge} --rubric {recipe.gate.rubric} judges them, and this command then makes others for "
            "those rejected."
        )


def main() -> None:
    """Run the command line."""
    app()


def run_job(command: str) -> None:
    """Run one command as a job of a cluster: its arguments, options, messages and exit status are the job's."""
    app([command, *sys.argv[1:]], prog_name="gsi-ray")
