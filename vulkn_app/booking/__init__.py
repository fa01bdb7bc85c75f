"""Appointments: which moments are free, and what becomes of one that a customer picks."""
