"""The spaCy model that unstructured asks for by name.

unstructured would fetch ``en_core_web_sm`` from the network when it first parses. Where that
model is not installed, a pipeline that only finds sentences is put up under its name, beside the
other models: titles, text, lists and tables come out right with it, and nothing is fetched.
"""

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

from salesdesk import embedded

NAME = "en_core_web_sm"
VERSION = "3.8.0"
_MODULE = '''\
"""A pipeline that finds sentences and nothing else."""

from pathlib import Path

from spacy.language import Language
from spacy.util import load_model_from_path


def load(**overrides: object) -> Language:
    return load_model_from_path(Path(__file__).parent / "pipeline", **overrides)
'''
_METADATA = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n"


def provide() -> None:
    """See that spaCy finds a model of that name: the real one where it is installed."""
    if importlib.util.find_spec(NAME) is not None:
        return
    directory = embedded.models_dir() / "sentences"
    if not (directory / NAME).exists():
        _make(directory)
    sys.path.append(str(directory))
    importlib.invalidate_caches()


def _make(directory: Path) -> None:
    """Written aside and put in place at once, so that two processes may do it."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=directory.parent))
    aside.chmod(0o755)
    _write(aside)
    try:
        aside.rename(directory)
    except OSError:
        if not (directory / NAME).exists():
            raise
        shutil.rmtree(aside)


def _write(directory: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    package = directory / NAME
    package.mkdir()
    pipeline.to_disk(package / "pipeline")
    (package / "__init__.py").write_text(_MODULE, encoding="utf-8")
    installed = directory / f"{NAME}-{VERSION}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(_METADATA, encoding="utf-8")
