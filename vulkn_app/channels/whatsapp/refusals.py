"""Meta's refusals of what a person asked for, as errors with a sentence that says what to do."""

from vulkn_app.channels.whatsapp import problems
from vulkn_app.channels.whatsapp.graph import GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.problems import Problem
from vulkn_app.errors import VulknError


class WhatsAppRefused(VulknError):
    """`code` names the sentence in locales/*/errors.json; `meta` is Meta's own code, for whoever helps."""

    code, status = "whatsapp_refused", 422

    def __init__(self, code: str = "whatsapp_refused", *, meta: int = 0) -> None:
        super().__init__(code, meta=str(meta or "?"))
        self.meta = meta


class WhatsAppAway(VulknError):
    """No answer of Meta's: nobody knows whether it was done."""

    code, status, retry_after = "whatsapp_away", 503, 10


# Of registering a number and of templates: Meta's codes as we know them, not checked against its reference.
CODES = {
    133000: "whatsapp_wait",
    133004: "whatsapp_wait",
    133005: "whatsapp_pin",
    133006: "whatsapp_verify",
    133008: "whatsapp_wait",
    133009: "whatsapp_wait",
    133015: "whatsapp_wait",
    133016: "whatsapp_wait",
    132001: "whatsapp_template_unknown",
    132000: "whatsapp_template_refused",
    132005: "whatsapp_template_refused",
    132007: "whatsapp_template_refused",
    132012: "whatsapp_template_refused",
}
# 100 is "invalid parameter" and means as much as its subcode says.
SUBCODES = {
    33: "whatsapp_wrong_number",
    2388023: "whatsapp_template_busy",  # it is being deleted; its name is free again in four weeks
    2388024: "whatsapp_template_exists",
    2388040: "whatsapp_template_refused",
    2388043: "whatsapp_template_refused",
    2388073: "whatsapp_template_refused",
    2388103: "whatsapp_used_in_app",
}
WORDS = {
    Problem.TOKEN: "whatsapp_token",
    Problem.PERMISSION: "whatsapp_permission",
    Problem.PAYMENT: "whatsapp_payment",
    Problem.BLOCKED: "whatsapp_blocked",
    Problem.SPAM: "whatsapp_blocked",
    Problem.RATE: "whatsapp_wait",
    Problem.NOT_REGISTERED: "whatsapp_not_registered",
}


def explained(problem: GraphProblem | GraphAway) -> VulknError:
    if isinstance(problem, GraphAway):
        return WhatsAppAway()
    code = SUBCODES.get(problem.subcode) if problem.code == 100 else None
    code = code or CODES.get(problem.code) or WORDS.get(problems.of_code(problem.code), "whatsapp_refused")
    return WhatsAppRefused(code, meta=problem.code)
