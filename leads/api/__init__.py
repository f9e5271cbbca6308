"""Leads and appointments for programs, under ``/api/v1/leads`` and ``/api/v1/appointments``."""
