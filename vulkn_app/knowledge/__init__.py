"""What a business knows: entries, how they are searched, and how they come in and go out."""
