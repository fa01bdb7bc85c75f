"""VULKN: agents that answer a business's customers from what the business really knows."""
