"""Channels consumers: the live sockets of the pages."""
