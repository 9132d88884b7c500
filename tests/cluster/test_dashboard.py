"""The Grafana dashboard asks only for what Ray exports, and Prometheus is told where to find it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import promql_parser
import pytest
from ray._private.ray_constants import PROMETHEUS_SERVICE_DISCOVERY_FILE
from ray.dashboard.modules.metrics.grafana_dashboard_factory import generate_default_grafana_dashboard
from ray.util.metrics import Counter, Metric

from gsi_ray.pipelines import metrics
from tests.cluster.files import CLUSTER, read_yaml

DASHBOARD = json.loads((CLUSTER / "grafana/gsi-ray.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def parsed(query: str) -> Any:
    """The syntax tree of a query. Raises what the parser raises."""
    return promql_parser.parse(query.replace("$__range", "6h"))


def nodes(tree: Any) -> Iterator[Any]:
    """All of a syntax tree."""
    yield tree
    children = [getattr(tree, name, None) for name in ("expr", "lhs", "rhs", "vector_selector", "param")]
    for child in [*children, *getattr(tree, "args", [])]:
        if child is not None:
            yield from nodes(child)


def selectors(tree: Any) -> Iterator[Any]:
    """The metrics that a query, or a part of it, reads, with the conditions on their labels."""
    return (node for node in nodes(tree) if isinstance(node, promql_parser.VectorSelector))


def exported() -> dict[str, set[str]]:
    """The metrics of `gsi_ray.pipelines.metrics` under the names that Prometheus sees, with their labels."""
    ours = [metric for metric in vars(metrics).values() if isinstance(metric, Metric)]
    return {
        f"ray_{metric.info['name']}{'_total' * isinstance(metric, Counter)}": set(metric.info["tag_keys"])
        for metric in ours
    }


def read_by_the_dashboard() -> set[str]:
    """Names of all metrics in all queries."""
    return {selector.name for query in QUERIES for selector in selectors(parsed(query))}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_correct_and_asks_for_labels_that_there_are(query):
    for node in nodes(parsed(query)):
        if isinstance(node, promql_parser.VectorSelector) and node.name in exported():
            assert {matcher.name for matcher in node.matchers.matchers} <= exported()[node.name]
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            for selector in selectors(node):
                assert set(node.modifier.labels) <= exported()[selector.name]


def test_the_dashboard_shows_all_that_generation_exports_and_nothing_else():
    assert {name for name in read_by_the_dashboard() if name.startswith("ray_gsi_ray_")} == set(exported())


def test_what_ray_exports_by_itself_has_the_names_that_its_own_dashboard_uses():
    rays_own, _ = generate_default_grafana_dashboard()
    for name in read_by_the_dashboard() - set(exported()):
        assert name in rays_own


def test_no_panel_lies_on_another():
    def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
        place = panel["gridPos"]
        return {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }

    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in combinations(panels, 2):
        assert not cells(one) & cells(other)


def test_prometheus_reads_the_list_of_machines_that_ray_writes():
    [scrape] = read_yaml("prometheus/prometheus.yaml")["scrape_configs"]
    assert scrape["file_sd_configs"] == [{"files": [f"/tmp/ray/{PROMETHEUS_SERVICE_DISCOVERY_FILE}"]}]


def test_on_kubernetes_it_finds_the_port_that_every_pod_has():
    [endpoint] = read_yaml("prometheus/podmonitor.yaml")["spec"]["podMetricsEndpoints"]
    cluster = read_yaml("kuberay/raycluster.yaml")["spec"]
    for group in [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]:
        [container] = group["template"]["spec"]["containers"]
        assert {"name": endpoint["port"], "containerPort": 8080} in container["ports"]
