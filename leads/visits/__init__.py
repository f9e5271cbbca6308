"""When somebody visits whom: free times, appointments, diaries."""
