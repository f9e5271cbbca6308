"""Where customers are kept: the desk itself, or an outside CRM."""
