"""What each page shows and what a click does: one flat state a page."""
