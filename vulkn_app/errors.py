"""Errors a person can read. `code` is for programs and names the sentence in the locales."""

import json

PLAN_FULL = "VK003"  # the SQLSTATE by which app.keep_within_plan and its sisters refuse


class VulknError(Exception):
    """Something went wrong in a way the caller should be told about."""

    code = "error"
    status = 400
    retry_after: int | None = None

    def __init__(self, code: str | None = None, *, retry_after: int | None = None, **values: str) -> None:
        if code:
            self.code = code
        if retry_after:
            self.retry_after = retry_after
        self.values = values
        super().__init__(self.code)


class NotFound(VulknError):
    """Not there, or not yours: the same answer, so that nobody can probe."""

    code, status = "not_found", 404


class SignedOut(VulknError):
    code, status = "signed_out", 401


class NotAllowed(VulknError):
    code, status = "not_allowed", 403


class Conflict(VulknError):
    code, status = "conflict", 409


class PlanFull(Conflict):
    """The plan has no room for more of it; `most` is how many it allows. What is there stays."""

    def __init__(self, what: str, most: int | str = "") -> None:
        super().__init__(PLAN_SENTENCES.get(what, "plan_too_small"), most=str(most))
        self.what = what

    @classmethod
    def told(cls, detail: str | None) -> "PlanFull":
        """As the database tells it, in the detail of a PLAN_FULL."""
        try:
            said = json.loads(detail or "{}")
            return cls(str(said.get("what", "")), said.get("most", ""))
        except (ValueError, AttributeError):
            return cls("")


PLAN_SENTENCES = {
    "members": "plan_members",
    "seats": "plan_members",
    "entries": "plan_entries",
    "numbers": "plan_numbers",
}


class BadInput(VulknError):
    code, status = "bad_input", 422


class TooMuch(VulknError):
    """Too often or too large."""

    code, status = "too_many_requests", 429


class TooLarge(VulknError):
    code, status = "too_large", 413


class TooSlow(VulknError):
    """The request's body did not arrive in time."""

    code, status = "too_slow", 408


class DatabaseAway(VulknError):
    code, status, retry_after = "database_away", 503, 2


class AuthAway(VulknError):
    code, status, retry_after = "auth_away", 503, 5
