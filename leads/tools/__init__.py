"""What agents may do with leads and appointments; the setting ``AGENT_TOOLS`` names them."""
