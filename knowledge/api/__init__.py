"""Knowledge for programs, under ``/api/v1/knowledge`` and ``/api/v1/documentation``."""
