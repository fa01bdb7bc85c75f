"""Figures. Each is defined once, in metrics.py, for every screen, export and answer that shows it."""
