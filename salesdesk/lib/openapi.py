"""What is added to the OpenAPI document that drf-spectacular draws up."""

from typing import Any

Schema = dict[str, Any]

ERROR_SCHEMA: Schema = {
    "type": "object",
    "description": "Every refusal.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "For programs.", "example": "invalid"},
                "message": {"type": "string", "description": "For people."},
                "fields": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    "description": "With 422: the name of each wrong input, and what is wrong.",
                },
            },
        }
    },
}

REFUSALS = {
    "401": "Not signed in, or the token has expired.",
    "403": "Your role only allows you to look.",
    "404": "There is no such object, or not for you.",
    "409": "Not in the state that it is in.",
    "413": "More than can be sent at once.",
    "422": "A value cannot be used; `fields` says which.",
    "429": "Too many requests; wait as `Retry-After` says.",
    "502": "A service outside (carrier, model) refused or failed.",
}


def without_slash_twins(endpoints: list[tuple[str, ...]], **_: Any) -> list[tuple[str, ...]]:
    """Each address is served with and without a slash at its end; one of them is documented."""
    return [entry for entry in endpoints if not entry[0].endswith("/")]


def with_refusals(result: Schema, **_: Any) -> Schema:
    """Say of each operation how it may be refused."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    components["responses"] = {f"Refused{code}": _refusal(REFUSALS[code]) for code in REFUSALS}
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            for code in _codes(path, method, operation):
                reference = {"$ref": f"#/components/responses/Refused{code}"}
                operation["responses"].setdefault(code, reference)
    return result


def _refusal(description: str) -> Schema:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _codes(path: str, method: str, operation: Schema) -> list[str]:
    signed_in = "/auth/" not in path or path.endswith("/me")
    signing_in = path.endswith(("/login", "/refresh"))
    asked = "requestBody" in operation or any(
        parameter["in"] == "query" for parameter in operation.get("parameters", ())
    )
    conditions = {
        "401": signed_in or signing_in,
        "403": (signed_in and method != "get") or path.endswith("/login"),
        "404": "{" in path,
        "409": method in ("post", "put", "patch") and signed_in,
        "413": path.endswith("/upload"),
        "422": asked,
        "429": True,
        "502": path.endswith(("/initiate", "/end", "/search")),
    }
    return [code for code, applies in conditions.items() if applies]
