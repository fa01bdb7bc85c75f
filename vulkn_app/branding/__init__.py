"""How a business looks where its customers meet it: colour, logo, place and greeting of the chat, the picture of a
shared link."""
