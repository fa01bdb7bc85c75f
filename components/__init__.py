"""What is seen: components/ui has every visual primitive, the rest is one module a page."""
