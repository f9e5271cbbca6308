"""Vendors on this machine: servers that speak the HTTP of the endpoints that adapters use."""
