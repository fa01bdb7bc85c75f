"""Channels: where customers write. Each parses what arrives, asks the engine for a turn, delivers its events."""
