"""The parts of the program as a CycloneDX 1.6 document (https://cyclonedx.org/docs/1.6/json/); the same parts give the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from deploy.licences import licence_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deploy.closure import Part, Project
    from deploy.licences import Rules

_SPACE = uuid.UUID("2e1d5c0a-5c5b-4f0c-9e0e-4b1c5c0f9a57")  # of our serial numbers


def bill_of_materials(
    project: Project, parts: Sequence[Part], rules: Rules, folder: Path, hashes: Mapping[tuple[str, str], Sequence[str]]
) -> dict[str, Any]:
    """
    Return the document over *parts* and over what *folder* ships beside them.

    *hashes* are the SHA-256 of the files that each part may be installed from, by its name and version. No time is written, so that two bills can be compared.
    """
    names = {part.name for part in parts}
    root = f"{project.name}@{project.version}"
    components = [_component(part, rules, hashes.get((part.name, part.version), ())) for part in parts]
    components += [_file(folder, path, licence) for path, licence in sorted(rules.shipped.items())]
    direct = sorted({_name(text) for text in project.requirements} & names)
    purls = {part.name: _purl(part) for part in parts}
    dependencies = [{"ref": root, "dependsOn": [purls[name] for name in direct]}]
    dependencies += [
        {"ref": _purl(part), "dependsOn": [purls[need] for need in part.needs if need in purls]} for part in parts
    ]
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project.name,
                "version": project.version,
                "licenses": _licences(project.licence),
            }
        },
        "components": components,
        "dependencies": dependencies,
    }
    content = json.dumps(document, sort_keys=True)
    return {**document, "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, content)}"}


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _purl(part: Part) -> str:
    return f"pkg:pypi/{part.name}@{part.version.replace('+', '%2B')}"


def _licences(expression: str | None) -> list[dict[str, Any]]:
    if expression is None:
        return []
    if re.fullmatch(r"[\w.+-]+", expression):
        return [{"license": {"id": expression}}]
    return [{"expression": expression}]


def _component(part: Part, rules: Rules, hashes: Sequence[str]) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(part),
        "name": part.name,
        "version": part.version,
        "scope": "required",
        "licenses": _licences(licence_of(part, rules)),
        "purl": _purl(part),
    }
    if hashes:  # of several files, each for another system: a hash of the component itself would say there is one
        component["externalReferences"] = [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{part.name}/{part.version.partition('+')[0]}/#files",
                "hashes": [{"alg": "SHA-256", "content": value} for value in hashes],
            }
        ]
    return component


def _file(folder: Path, path: str, licence: str) -> dict[str, Any]:
    digest = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    is_model = path.endswith(".safetensors")
    return {
        "type": "machine-learning-model" if is_model else "file",
        "bom-ref": path,
        "name": path.split("/")[-2] if is_model else path,
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": _licences(licence),
    }
