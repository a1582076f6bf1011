"""Finds what Kubernetes would refuse or silently drop: fields that its schemas do not know, lack, or want of another type.

stdin: a JSON array of resources. Arguments: versions of Kubernetes, such as 1.29. stdout: a JSON array of faults, each with
the version, the index of the resource, the path of what is wrong in it (an array), and a message.

The schemas of Kubernetes come with kubernetes-validate, whose own command stops at the first fault of a resource and only
warns of a kind that it does not know. The kinds that operators bring are in operators.yaml.
"""

import json
import sys
from importlib.resources import files
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

KUBERNETES = files("kubernetes_validate") / "kubernetes-json-schema"
OPERATORS = yaml.safe_load((Path(__file__).parent / "operators.yaml").read_text())

# By the schemas any text is a quantity, by Kubernetes a number with one of these units.
QUANTITY = {
    "type": ["string", "number"],
    "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
}


class Api:
    """The resources that a cluster of one version takes."""

    def __init__(self, version):
        strict = KUBERNETES / f"v{version}.0-local-strict" / "_definitions.json"
        self.definitions = json.loads(strict.read_text())["$defs"] | OPERATORS
        self.definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = QUANTITY
        self.names = {
            (f"{of['group']}/{of['version']}".lstrip("/"), of["kind"]): name
            for name, schema in self.definitions.items()
            for of in schema.get("x-kubernetes-group-version-kind", [])
        }

    def faults(self, resource):
        """Yields pairs of a path and a message."""
        kind = (resource.get("apiVersion"), resource.get("kind"))
        if kind not in self.names:
            yield [], f"there is no kind {kind[1]} in {kind[0]}"
            return
        schema = {"$ref": f"#/$defs/{self.names[kind]}", "$defs": self.definitions}
        for error in Draft202012Validator(schema).iter_errors(resource):
            yield list(error.absolute_path), error.message


resources = json.load(sys.stdin)
found = [
    {"version": version, "resource": index, "path": path, "message": message}
    for version in sys.argv[1:]
    for api in [Api(version)]
    for index, resource in enumerate(resources)
    for path, message in api.faults(resource)
]
json.dump(found, sys.stdout)
