"""Paying for a plan. `seam.py` is what any provider does, `fake.py` one that takes no money; `billing.py` is what people
of a business do, `news.py` what the provider tells. docs/operations.md says how a real one is added."""
