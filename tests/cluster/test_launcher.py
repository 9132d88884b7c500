"""The files of Ray's cluster launcher: read by Ray itself, and tried on stand-ins for the clouds."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import moto
import pytest
import yaml
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count
from ray.autoscaler._private.aws.node_provider import AWSNodeProvider
from ray.autoscaler._private.util import prepare_config, validate_config
from ray.scripts.scripts import cli as ray_cli

from tests.cluster.files import CLUSTER, POOLS, ROOT, read_schema, read_yaml

LAUNCHER_FILES = ["aws.yaml", "gcp.yaml"]
GOOGLE_CPUS = {"a2-ultragpu-1g": 12, "a3-highgpu-8g": 208}
"""Of machines that are not named after their number of CPUs."""
DENIED = "AccessDenied|UnauthorizedOperation"


def prepared(file: str) -> Any:
    """A launcher file as `ray up` completes and checks it. Raises what Ray raises."""
    config = prepare_config(read_yaml(file))
    validate_config(config)
    return config


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_ray_accepts_the_file_with_its_pools(file):
    config = prepared(file)

    assert set(config["available_node_types"]) == {"head", *POOLS}
    for pool in POOLS:
        node_type = config["available_node_types"][pool]
        assert node_type["labels"] == {"pool": pool}
        assert 0 == node_type["min_workers"] < node_type["max_workers"] <= config["max_workers"]
    assert config["idle_timeout_minutes"] == 5


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_a_misspelt_key_does_not_pass(file):
    config = prepare_config(read_yaml(file) | {"idle_timeout": 5})
    with pytest.raises(jsonschema.ValidationError, match="idle_timeout"):
        validate_config(config)


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_the_head_does_no_work(file):
    assert prepared(file)["available_node_types"]["head"]["resources"] == {"CPU": 0}


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_each_pool_is_set_up_for_its_own_work(file):
    config = prepared(file)
    for pool in POOLS:
        [command] = config["available_node_types"][pool]["worker_setup_commands"]
        script, kind, *_ = shlex.split(command)
        assert (script, kind) == ("~/gsi_ray/cluster/setup-node.sh", pool)
    assert config["head_setup_commands"][0].startswith("~/gsi_ray/cluster/setup-node.sh simulation ")


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_what_nodes_are_set_up_from_is_there(file):
    mounts = prepared(file)["file_mounts"]
    assert mounts.pop("~/.ray/auth_token") == "~/.ray/auth_token"
    for there, here in mounts.items():
        assert there == f"~/gsi_ray/{here}"
        assert (ROOT / here).exists()
    assert {"cluster", "gsi_ray", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"} == set(mounts.values())


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_ray_is_started_with_options_it_has_a_token_and_a_dashboard_on_loopback(file):
    config = prepared(file)
    for commands in config["head_start_ray_commands"], config["worker_start_ray_commands"]:
        words = shlex.split(commands[-1].rpartition(";")[2])
        settings, ray, start, *options = (word for word in words if not word.startswith("RAY_JOB_"))
        assert (settings, ray, start) == ("RAY_AUTH_MODE=token", "ray", "start")
        context = ray_cli.commands["start"].make_context("start", options)
        assert context.params["metrics_export_port"] == 8080
        assert context.params["dashboard_host"] in ("127.0.0.1", "localhost")
        assert context.params["head"] == (commands is config["head_start_ray_commands"])


@pytest.mark.parametrize("file", LAUNCHER_FILES)
def test_only_pools_that_lose_nothing_by_it_are_taken_back(file):
    def may_be_taken_back(machine: dict[str, Any]) -> bool:
        return "InstanceMarketOptions" in machine or machine.get("scheduling", {}).get("provisioningModel") == "SPOT"

    node_types = prepared(file)["available_node_types"]
    cheap = {name for name, node_type in node_types.items() if may_be_taken_back(node_type["node_config"])}
    assert cheap == set(POOLS) - {"training"}


def test_google_knows_every_machine_and_setting():
    validator = jsonschema.Draft202012Validator(read_schema("gcp/instance.json.gz"))
    for node_type in prepared("gcp.yaml")["available_node_types"].values():
        assert not [f"{error.json_path}: {error.message}" for error in validator.iter_errors(node_type["node_config"])]


def test_google_machines_have_what_ray_is_told():
    node_types = prepared("gcp.yaml")["available_node_types"]
    for pool in POOLS:
        machine = node_types[pool]["node_config"]["machineType"]
        _, _, size = machine.split("-")
        gpus = int(size.removesuffix("g")) if size.endswith("g") else int(machine.startswith("g2-"))
        cpus = GOOGLE_CPUS.get(machine) or int(size)
        assert node_types[pool]["resources"] == ({"CPU": cpus, "GPU": gpus} if gpus else {"CPU": cpus})


def test_google_needs_the_project_in_the_two_places_that_the_file_names():
    lines = [line for line in (CLUSTER / "gcp.yaml").read_text().splitlines() if not line.startswith("#")]
    assert sum("my-project" in line for line in lines) == 2


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A stand-in for AWS with the roles of `aws-roles.yaml`; Ray keeps the keys it makes in a home of this test."""
    for name in "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY":
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)  # of the S3 server that other tests share
    with moto.mock_aws():
        boto3.client("cloudformation").create_stack(
            StackName="gsi-ray",
            TemplateBody=(CLUSTER / "aws-roles.yaml").read_text(),
            Parameters=[{"ParameterKey": "Bucket", "ParameterValue": "my-bucket"}],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        yield boto3


def session_of_role(role: str) -> boto3.Session:
    """What a node with this role may do."""
    arn = boto3.client("iam").get_role(RoleName=role)["Role"]["Arn"]
    key = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="node")["Credentials"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def test_ray_starts_and_stops_every_pool_on_amazon_with_the_rights_of_the_head(amazon):
    config = AWSNodeProvider.bootstrap_config(prepared("aws.yaml"))
    provider = AWSNodeProvider(config["provider"], config["cluster_name"])
    provider.ec2 = provider.ec2_fail_fast = session_of_role("gsi-ray-head").resource("ec2")

    @set_initial_no_auth_action_count(0)  # from here on the stand-in enforces rights
    def start_and_stop(pool: str) -> dict[str, Any]:
        [(name, machine)] = provider.create_node(
            config["available_node_types"][pool]["node_config"], {"ray-user-node-type": pool}, 1
        ).items()
        assert name in provider.non_terminated_nodes({"ray-user-node-type": pool})
        provider.terminate_nodes([name])
        assert name not in provider.non_terminated_nodes({"ray-user-node-type": pool})
        return machine.meta.data

    for pool in POOLS:
        machine = start_and_stop(pool)
        assert machine["IamInstanceProfile"]["Arn"].endswith("/gsi-ray-worker")
        assert machine.get("InstanceLifecycle") == ("spot" if pool != "training" else None)


def test_amazon_machines_have_what_ray_is_told(amazon):
    node_types = prepared("aws.yaml")["available_node_types"]
    for pool in POOLS:
        kind = node_types[pool]["node_config"]["InstanceType"]
        [machine] = amazon.client("ec2").describe_instance_types(InstanceTypes=[kind])["InstanceTypes"]
        gpus = sum(gpu["Count"] for gpu in machine.get("GpuInfo", {"Gpus": []})["Gpus"])
        found = {"CPU": machine["VCpuInfo"]["DefaultVCpus"], "GPU": gpus}
        assert node_types[pool]["resources"] == {resource: count for resource, count in found.items() if count}


def test_a_worker_may_use_the_bucket_of_the_lake_and_nothing_else(amazon):
    for bucket in "my-bucket", "other-bucket":
        amazon.client("s3").create_bucket(Bucket=bucket)
    session = session_of_role("gsi-ray-worker")

    @set_initial_no_auth_action_count(0)
    def as_worker() -> None:
        s3 = session.client("s3")
        s3.put_object(Bucket="my-bucket", Key="lake/a", Body=b"a")
        upload = s3.create_multipart_upload(Bucket="my-bucket", Key="lake/b")["UploadId"]
        s3.abort_multipart_upload(Bucket="my-bucket", Key="lake/b", UploadId=upload)
        assert s3.get_object(Bucket="my-bucket", Key="lake/a")["Body"].read() == b"a"
        assert [file["Key"] for file in s3.list_objects_v2(Bucket="my-bucket")["Contents"]] == ["lake/a"]
        s3.delete_object(Bucket="my-bucket", Key="lake/a")
        with pytest.raises(ClientError, match=DENIED):
            s3.put_object(Bucket="other-bucket", Key="a", Body=b"a")
        with pytest.raises(ClientError, match=DENIED):
            session.client("ec2").describe_instances()

    as_worker()


def test_the_roles_use_no_aliases_which_cloudformation_does_not_read():
    events = yaml.parse((CLUSTER / "aws-roles.yaml").read_text())
    assert not any(isinstance(event, yaml.AliasEvent) for event in events)


def test_an_object_store_takes_the_rule_that_removes_unfinished_uploads(amazon):
    s3 = amazon.client("s3")
    s3.create_bucket(Bucket="my-bucket")
    rules = json.loads((CLUSTER / "bucket-lifecycle.json").read_text())

    s3.put_bucket_lifecycle_configuration(Bucket="my-bucket", LifecycleConfiguration=rules)

    [rule] = s3.get_bucket_lifecycle_configuration(Bucket="my-bucket")["Rules"]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
