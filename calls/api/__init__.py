"""Calls for programs, under ``/api/v1/calls``."""
