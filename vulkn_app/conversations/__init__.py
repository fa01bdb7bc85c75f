"""Conversations: what happens between a visitor's message and the answer they read."""
