"""The clock that the tests of cadences move, too."""

from leads.tests.cadences.conftest import clock

__all__ = ["clock"]
