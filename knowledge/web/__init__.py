"""Reads pages and documentation sites from the web, safely and politely."""
