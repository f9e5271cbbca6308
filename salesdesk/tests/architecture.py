"""Reads the imports of a source tree and says which break the rules of the house.

Nothing is imported: the files are parsed, so that an import inside a function or for type
checking only counts like any other. Tests may import what they like.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LAYERS: tuple[tuple[str, ...], ...] = (
    ("analytics",),
    ("escalation",),
    ("qa",),
    ("calls",),
    ("salesdesk.assistant",),
    ("knowledge", "leads"),
    ("salesdesk.notifications",),
    ("salesdesk.businesses",),
    ("salesdesk.accounts",),
    ("salesdesk.embedded",),
    ("salesdesk.lib",),
)
"""From the top down. An app may import its own modules and those of lower layers."""

ROOTS = (
    *(
        f"salesdesk.{name}"
        for name in ("settings", "urls", "asgi", "celery", "api_urls", "health", "checks")
    ),
    "salesdesk.embedded.management",  # the demo, which starts the whole house
)
"""What puts the apps together: it may import all of them, and none of them imports it."""

WORKSHOP: Mapping[str, tuple[str, ...]] = {
    "calls.sandbox": (),
    "calls.bench": ("calls.management.commands.bench_voice",),
    "calls.engines.fake_realtime": (),
}
"""What the product is tried out with: who may import it, apart from the workshop itself."""

PURE = tuple(
    f"calls.live.{name}"
    for name in (
        "events",
        "machines",
        "media_stream",
        "session",
        "turns",
        "playback",
        "profile",
        "transcript",
    )
)
PURE_HELPERS = ("calls.audio", "salesdesk.lib.sources")
IMPURE = frozenset(
    {"django", "asyncio", "time", "socket", "datetime", "threading", "os", "channels", "redis"}
)
"""What a pure module may not know: a clock, a socket, threads, the database, settings."""

SKIPPED = ("tests", "node_modules", "staticfiles")


@dataclass(frozen=True, slots=True)
class Import:
    """``module`` imports ``target`` (a module or a name in one) at ``place`` (file:line)."""

    module: str
    target: str
    place: str


def imports_in(root: Path) -> Iterator[Import]:
    """All imports of the tree's product code."""
    for path in _sources(root):
        relative = path.relative_to(root)
        for node in ast.walk(ast.parse(path.read_text(), filename=str(path))):
            module = _module_name(relative)
            for target in _targets(node, module, is_package=path.name == "__init__.py"):
                yield Import(module, target, f"{relative}:{getattr(node, 'lineno', 0)}")


def violations(imports: Iterable[Import]) -> list[str]:
    """A sentence for each import that breaks a rule."""
    rules = (_layer_broken, _workshop_broken, _purity_broken)
    found = ((each.place, rule(each)) for each in imports for rule in rules)
    return [f"{place}: {sentence}" for place, sentence in found if sentence]


# ---------------------------------------------------------------- the rules


def _layer_broken(each: Import) -> str:
    importer, imported = _app_of(each.module), _app_of(each.target)
    if importer is None or _is_root(each.module):
        return ""
    if _is_root(each.target):
        return f"{importer} imports {each.target}, which stands above all apps"
    if imported in (None, importer) or _level(imported) > _level(importer):
        return ""
    return f"{importer} imports {each.target}, which is not below it"


def _workshop_broken(each: Import) -> str:
    if _within_any(each.module, WORKSHOP):
        return ""
    for package, guests in WORKSHOP.items():
        if _within(each.target, package) and each.module not in guests:
            return f"{each.module} imports {each.target}, which the product never needs"
    return ""


def _purity_broken(each: Import) -> str:
    if each.module not in PURE:
        return ""
    if each.target.partition(".")[0] in IMPURE:
        return f"{each.module} is pure and imports {each.target}"
    ours = _app_of(each.target) is not None or _is_root(each.target)
    if not ours or each.target == "calls.live" or _within_any(each.target, PURE + PURE_HELPERS):
        return ""
    return f"{each.module} is pure and imports {each.target}, which is not"


# ---------------------------------------------------------------- names


def _app_of(module: str) -> str | None:
    apps = (app for layer in LAYERS for app in layer)
    return next((app for app in apps if _within(module, app)), None)


def _level(app: str) -> int:
    return next(level for level, layer in enumerate(LAYERS) if app in layer)


def _is_root(target: str) -> bool:
    return _within_any(target, ROOTS)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _within_any(module: str, packages: Iterable[str]) -> bool:
    return any(_within(module, package) for package in packages)


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name not in SKIPPED:
            yield from _sources(path)
        elif path.suffix == ".py" and path.name != "conftest.py":
            yield path


def _module_name(relative: Path) -> str:
    parts = relative.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _targets(node: ast.AST, module: str, *, is_package: bool) -> list[str]:
    """What an import statement names; ``from a import b`` may mean the module ``a.b``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    origin = node.module or ""
    if node.level:
        package = module.split(".")
        kept = len(package) - node.level + (1 if is_package else 0)
        origin = ".".join([*package[:kept], *([node.module] if node.module else [])])
    return [f"{origin}.{alias.name}" for alias in node.names]
