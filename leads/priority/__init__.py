"""Who is called next: points with their reasons, and an order that time does not change."""
