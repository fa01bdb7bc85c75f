"""Looking things up: for businesses that know more than fits into a prompt."""

from pydantic import Field

from vulkn_app.skills.base import Arguments, Skill, SkillConfig, Tool, ToolResult, Turn

LONGEST_ENTRY = 1_500  # characters of one entry that a model reads


class FaqConfig(SkillConfig):
    entries: int = Field(
        default=4, ge=1, le=8, title="skills.faq.entries", description="skills.faq.entries_help"
    )


class Question(Arguments):
    question: str = Field(
        min_length=2,
        max_length=300,
        description="What to look up, in a few words of the customer's language.",
    )


async def search_knowledge(turn: Turn, config: FaqConfig, asked: Question) -> ToolResult:
    """The entries that answer, best first, or that nothing does."""
    found = [hit for hit in turn.look_up(asked.question) if hit.answerable][: config.entries]
    if not found:
        return ToolResult("Nothing in the knowledge answers this. Do not guess: say that you do not know.")
    lines = [f"## {hit.title}\n{hit.text[:LONGEST_ENTRY]}" for hit in found]
    own = next((hit for hit in found if hit.language == turn.language), found[0])
    return ToolResult("\n\n".join(lines), say=own.text[:LONGEST_ENTRY], facts=tuple(lines))


class FaqSkill(Skill[FaqConfig]):
    """Rehearsal answers from knowledge by itself, so there is nothing to rehearse here."""

    key = "faq"
    tier = "free"
    config = FaqConfig
    tools = (
        Tool(
            "search_knowledge",
            "Looks up what the business knows. Use it when <knowledge> shows only titles and <found> does not "
            "answer the question, before you say that you do not know.",
            Question,
            search_knowledge,
        ),
    )

    def prompt(self, config: FaqConfig) -> str:
        return (
            "When neither <knowledge> nor <found> holds the answer, call search_knowledge once or twice with other "
            "words (a synonym, the general term). If nothing is found, say that you do not know."
        )


SKILL = FaqSkill()
