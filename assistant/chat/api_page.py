"""The page of the HTTP API, drawn from its OpenAPI document; a pure function that gives HTML."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.chat.office import ROUTE
from assistant.chat.pages import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.chat.strings import Strings


def api_page(described: Mapping[str, Any], strings: Strings) -> str:
    """Return the page of the API that *described*, an OpenAPI document, describes."""
    operations = [
        _operation(path, method, operation, strings)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    used = "".join(_schema(name, schema, strings) for name, schema in described["components"]["schemas"].items())
    body = (
        f"<p>{escape(strings('api.lead'))}</p><p>{escape(strings('api.key'))}</p>"
        f'<pre tabindex="0"><code>python -m assistant accounts key {escape(strings("api.someone"))}</code></pre>'
        f'<p>{escape(strings("api.document"))} <a href="{ROUTE}/api/openapi.json">openapi.json</a></p>'
        f"{''.join(operations)}<h2>{escape(strings('api.values'))}</h2>{used}"
    )
    return page(strings("api.title"), body, strings, here=f"{ROUTE}/api/", wide=True)


def _half(text: str, strings: Strings) -> str:
    """Return the half of "tiếng Việt / English" that is in the language of the page."""
    vietnamese, cut, english = text.partition(" / ")
    return english if cut and strings.language == "en" else vietnamese


def _operation(path: str, method: str, operation: Mapping[str, Any], strings: Strings) -> str:
    said = operation["summary"] if strings.language == "vi" else operation["description"]
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(_half(one.get('description', ''), strings))}</td>"
        f"<td>{escape(strings('api.needed') if one.get('required') else strings('api.optional'))}</td></tr>"
        for one in operation.get("parameters", ())
    )
    given = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = "".join(
        f"<tr><td>{escape(status)}</td><td>{_type(_body_of(answer), strings)}</td>"
        f"<td>{escape('' if status == '200' else _half(answer.get('description', ''), strings))}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    return (
        f"<h2>{escape(said.rstrip('.'))}</h2>"
        f'<p><span class="hvb-method">{escape(method.upper())}</span> <code>{escape(path)}</code></p>'
        + (
            _table((strings("api.parameter"), strings("api.meaning"), ""), rows, f"{strings('api.parameters')}: {path}")
            if rows
            else ""
        )
        + (f"<p>{escape(strings('api.body'))} {_type(given, strings)}</p>" if given else "")
        + f'<pre tabindex="0"><code>{escape(_example(path, method, operation))}</code></pre>'
        + _table(
            (strings("api.status"), strings("api.value"), strings("api.when")),
            answers,
            f"{strings('api.answers')}: {path}",
        )
    )


def _table(heads: tuple[str, ...], rows: str, name: str) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' if one else "<td></td>" for one in heads)
    return (
        f'<div class="hvb-table" role="region" tabindex="0" aria-label="{escape(name)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _example(path: str, method: str, operation: Mapping[str, Any]) -> str:
    if method == "post":
        body = json.dumps({"question": "Ai chủ trì nhiệm vụ 9?"}, ensure_ascii=False)
        return f"curl -s http://127.0.0.1:7860{path} \\\n  -H 'Content-Type: application/json' -d '{body}'"
    values = {"van_ban": "12/KH-UBND", "vi_tri": "nhiệm vụ 9", "vai_tro": "chu_tri", "thoi_gian": "quá hạn"}
    filled = path.replace("{van_ban}", values["van_ban"])
    named = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query" and one["name"] in values]
    asked = "".join(
        f" \\\n  --data-urlencode '{name}={values[name]}'" for name in named if name != "van_ban" or "vi_tri" in named
    )
    return f"curl -s {'-G ' if asked else ''}http://127.0.0.1:7860{filled}{asked}"


def _body_of(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = answer.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _schema(name: str, schema: Mapping[str, Any], strings: Strings) -> str:
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(key)}</code></td><td>{_type(value, strings)}</td>"
        f"<td>{escape(_half(value.get('description', ''), strings))}"
        f"{'' if key in required else ' (' + escape(strings('api.optional')) + ')'}</td></tr>"
        for key, value in schema.get("properties", {}).items()
    )
    heads = (strings("api.field"), strings("api.type"), strings("api.meaning"))
    return f'<h3 id="{escape(name)}">{escape(name)}</h3>{_table(heads, rows, name)}'


def _type(schema: Mapping[str, Any] | None, strings: Strings) -> str:
    """Return the type of a value in words, as HTML, with a link to what it is made of."""
    if not schema:
        return ""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return f" {escape(strings('api.or'))} ".join(_type(one, strings) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    kind = schema.get("type", "")
    if kind == "array":
        inner = schema.get("items") or {}
        parts = schema.get("prefixItems")
        inside = ", ".join(_type(one, strings) for one in parts) if parts else _type(inner, strings)
        return f"{escape(strings('api.list'))} [{inside}]"
    return escape(strings(f"api.{kind}")) if kind else ""
