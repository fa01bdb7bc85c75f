"""Reading one provider's answer: bytes in, pieces of text out, within the customer's patience."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any, Protocol, TypeVar

from vulkn_app.llm.asks import FailureKind, ProviderFailed, ToolCall, Usage
from vulkn_app.llm.patience import Patience, Watch
from vulkn_app.llm.sse import Events, MalformedStream, Mender

T = TypeVar("T")


class Digest(Protocol):
    """What a dialect remembers of a stream."""

    done: bool
    begun: bool
    """Whether the answer is coming although nothing of it can be seen, as a tool call does."""
    stop_reason: str

    def read(self, data: bytes) -> str:
        """The visible text of one event. Raises ProviderFailed for an event that is an error."""
        ...

    def check(self, *, said: bool) -> None:
        """Raises ProviderFailed: a stream may end without an error and still be no answer."""
        ...

    def calls(self) -> tuple[ToolCall, ...]: ...

    def content(self) -> tuple[dict[str, Any], ...]:
        """The answer as it goes back to a model that paused."""
        ...

    def usage(self, *, said: int = 0) -> Usage:
        """What it used so far, of which `said` characters are the answer."""
        ...


class Reading:
    """One answer on its way. All the text of one network chunk comes as one piece."""

    def __init__(self, digest: Digest, patience: Patience) -> None:
        self.length = 0
        self._watch = Watch()
        self._digest = digest
        self._patience = patience
        self._events = Events()
        self._mender = Mender()
        self._blank = ""

    async def opened(self, response: Awaitable[T]) -> T:
        """The response's beginning, if it comes in time."""
        return await self._watch.wait(response, self._patience.until(begun=False))

    def close(self) -> None:
        self._watch.close()

    async def next(self, chunks: AsyncIterator[bytes]) -> str:
        """The next visible text; empty when the stream is over."""
        while not self._digest.done:
            deadline = self._patience.until(begun=self.length > 0 or self._digest.begun)
            try:
                chunk = await self._watch.wait(chunks.__anext__(), deadline)
            except StopAsyncIteration:
                chunk = None
            if text := self._visible(self._text_of(chunk)):
                self.length += len(text)
                return text
            if chunk is None:
                break
        return ""

    def _text_of(self, chunk: bytes | None) -> str:
        """All text of the events that this chunk completes; None is the end of the stream."""
        read = self._digest.read
        try:
            found = self._events.close() if chunk is None else self._events.feed(chunk)
            return self._mender.mend("".join([read(data) for data in found]))
        except MalformedStream as error:
            raise ProviderFailed(FailureKind.CUT_OFF, "a malformed event") from error

    def _visible(self, text: str) -> str:
        """An answer's first piece has something to see; blanks before it wait."""
        if self.length:
            return text
        text = self._blank + text
        if text and not text.isspace():
            return text
        self._blank = text
        return ""
