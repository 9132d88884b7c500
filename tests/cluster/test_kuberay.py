"""The Kubernetes manifests: against KubeRay's own schemas, its operator's rules, and Ray's autoscaler."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from ray.autoscaler._private.kuberay.autoscaling_config import _derive_autoscaling_config_from_ray_cr

from tests.cluster.files import POOLS, RAY_VERSION, pinned_version, read_schema, read_yaml

MANIFESTS = ["raycluster", "rayjob"]


def strict(schema: Any) -> Any:
    """A schema of Kubernetes that also rejects what it does not know, which Kubernetes would drop without a word."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(one) for name, one in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def faults(kind: str, manifest: Any) -> list[str]:
    """What KubeRay's schema has against a manifest."""
    schema = strict(read_schema(f"kuberay/{kind}.json.gz"))
    schema["properties"]["metadata"] = {"type": "object"}  # Kubernetes itself checks that
    errors = jsonschema.Draft202012Validator(schema).iter_errors(manifest)
    return [f"{error.json_path}: {error.message}" for error in errors]


def cluster_in(kind: str) -> Any:
    """The specification of the cluster in a manifest."""
    specification = read_yaml(f"kuberay/{kind}.yaml")["spec"]
    return specification["rayClusterSpec"] if kind == "rayjob" else specification


def groups_in(kind: str) -> dict[str, Any]:
    """The groups of pods in a manifest, by name."""
    cluster = cluster_in(kind)
    return {"head": cluster["headGroupSpec"]} | {group["groupName"]: group for group in cluster["workerGroupSpecs"]}


def container(group: Any) -> Any:
    """The one container of a group's pods."""
    [only] = group["template"]["spec"]["containers"]
    return only


@pytest.mark.parametrize("kind", MANIFESTS)
def test_kuberay_knows_every_field(kind):
    assert faults(kind, read_yaml(f"kuberay/{kind}.yaml")) == []


def test_a_misspelt_field_does_not_pass():
    manifest = read_yaml("kuberay/rayjob.yaml")
    manifest["spec"]["rayClusterSpec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"][0]["resource"] = {}
    [fault] = faults("rayjob", manifest)
    assert "'resource' was unexpected" in fault


@pytest.mark.parametrize("kind", MANIFESTS)
def test_the_version_of_ray_is_the_one_that_is_tested(kind):
    assert pinned_version("ray") == RAY_VERSION
    assert cluster_in(kind)["rayVersion"] == RAY_VERSION
    for group in groups_in(kind).values():
        assert container(group)["image"].endswith(f":ray-{RAY_VERSION}")


@pytest.mark.parametrize("kind", MANIFESTS)
def test_each_group_runs_the_image_of_its_pool(kind):
    for name, group in groups_in(kind).items():
        pool = "simulation" if name == "head" else name
        assert container(group)["image"] == f"registry.example.com/gsi-ray/{pool}:ray-{RAY_VERSION}"


def test_the_cluster_has_every_pool_and_a_job_has_the_same_simulation_pool():
    assert set(groups_in("raycluster")) == {"head", *POOLS}
    for name in "head", "simulation":
        assert groups_in("rayjob")[name] == groups_in("raycluster")[name]
    ours, theirs = cluster_in("rayjob"), cluster_in("raycluster")
    for setting in "rayVersion", "authOptions", "autoscalerOptions", "enableInTreeAutoscaling":
        assert ours[setting] == theirs[setting]


def test_rays_autoscaler_finds_the_pools_with_their_labels_and_resources():
    manifest = read_yaml("kuberay/raycluster.yaml")
    manifest["metadata"]["namespace"] = "default"
    node_types = _derive_autoscaling_config_from_ray_cr(manifest)["available_node_types"]

    assert node_types["headgroup"]["resources"]["CPU"] == 0
    for pool in POOLS:
        limits = container(groups_in("raycluster")[pool])["resources"]["limits"]
        assert node_types[pool]["labels"] == {"pool": pool}
        assert node_types[pool]["resources"]["CPU"] == int(limits["cpu"])
        assert node_types[pool]["resources"].get("GPU", 0) == int(limits.get("nvidia.com/gpu", 0))
        assert 0 == node_types[pool]["min_workers"] < node_types[pool]["max_workers"]
    gpus = {pool: node_types[pool]["resources"].get("GPU", 0) for pool in POOLS}
    assert gpus == {"simulation": 0, "rendering": 1, "ai2thor": 1, "judging": 1, "training": 8}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_the_operators_own_rules_hold(kind):
    # ValidateRayClusterSpec and ValidateRayJobSpec of KubeRay's operator, as far as they are about what we use.
    cluster = cluster_in(kind)
    assert cluster["enableInTreeAutoscaling"] and cluster["autoscalerOptions"]["version"] == "v2"
    for group in groups_in(kind).values():
        assert group["template"]["spec"]["restartPolicy"] == "Never"  # the second autoscaler asks for it
        assert "labels" not in group["rayStartParams"]
        assert "resources" not in group
        assert all(isinstance(value, str) for value in group["rayStartParams"].values())
    assert cluster["authOptions"]["mode"] == "token"


def test_a_run_that_fails_is_tried_again_and_leaves_no_machines_behind():
    job = read_yaml("kuberay/rayjob.yaml")["spec"]
    assert job["submissionMode"] == "K8sJobMode"
    assert job["backoffLimit"] > 0
    assert job["shutdownAfterJobFinishes"] is True
    assert job["ttlSecondsAfterFinished"] > 0


@pytest.mark.parametrize("kind", MANIFESTS)
def test_no_pod_runs_as_root_or_can_become_it(kind):
    for group in groups_in(kind).values():
        pod = group["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container(group)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("kind", MANIFESTS)
def test_pods_have_shared_memory_probes_and_credentials(kind):
    for group in groups_in(kind).values():
        pod, ray = group["template"]["spec"], container(group)
        volumes = {volume["name"]: volume["emptyDir"] for volume in pod["volumes"]}
        mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in ray["volumeMounts"]}
        assert mounts["/dev/shm"]["medium"] == "Memory"
        assert set(mounts) == {"/dev/shm", "/tmp/ray"}
        for probe in "readinessProbe", "livenessProbe":
            assert ray[probe]["httpGet"] == {"path": "/api/local_raylet_healthz", "port": 52365}
        assert pod["serviceAccountName"] == "gsi-ray"
        assert ray["envFrom"] == [{"secretRef": {"name": "gsi-ray-object-store", "optional": True}}]
        assert "AWS_SECRET_ACCESS_KEY" not in str(ray.get("env"))


@pytest.mark.parametrize("kind", MANIFESTS)
def test_pods_get_all_that_they_may_use(kind):
    # A pod that may use more than it asked for is thrown out first; GPUs cannot be asked for in any other way.
    for group in groups_in(kind).values():
        resources = container(group)["resources"]
        assert resources["requests"] == resources["limits"]


@pytest.mark.parametrize("kind", MANIFESTS)
def test_pods_have_the_time_to_stop_in_order(kind):
    for name, group in groups_in(kind).items():
        grace = group["template"]["spec"]["terminationGracePeriodSeconds"]
        if name == "head":
            [wait] = [one["value"] for one in container(group)["env"] if one["name"] == "RAY_JOB_STOP_WAIT_TIME_S"]
        else:
            ray, stop, option, wait = container(group)["lifecycle"]["preStop"]["exec"]["command"]
            assert (ray, stop, option) == ("ray", "stop", "--grace-period")
        assert int(wait) < grace


@pytest.mark.parametrize("kind", MANIFESTS)
def test_only_pods_that_lose_nothing_by_it_go_to_nodes_that_are_taken_back(kind):
    for name, group in groups_in(kind).items():
        pod = group["template"]["spec"]
        tolerated = {toleration["key"] for toleration in pod.get("tolerations", [])}
        assert ("affinity" in pod) == (name not in ("head", "training"))
        assert ("cloud.google.com/gke-spot" in tolerated) == ("affinity" in pod)
        gpus = "nvidia.com/gpu" in container(group)["resources"]["limits"]
        assert ("nvidia.com/gpu" in tolerated) == gpus
