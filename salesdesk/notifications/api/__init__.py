"""Notifications for programs, under ``/api/v1/notifications``."""
