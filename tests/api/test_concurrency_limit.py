import asyncio

from quotewise.api.middleware.concurrency_limit import ConcurrencyLimit, Slots
from starlette.responses import StreamingResponse
from starlette.types import Message


def test_a_place_is_free_again_before_the_client_knows_the_end_of_its_answer() -> None:
    """Or a client that asks one question after the other could be told that there are too many at once."""
    slots = Slots(1, 0)
    working: list[tuple[bool, int]] = []

    messages: list[Message] = [{"type": "http.request", "body": b"{}"}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            working.append((message.get("more_body", False), slots.working))

    async def app(*asgi: object) -> None:
        await asgi[1]()  # type: ignore[operator]
        await StreamingResponse(iter(["first ", "last"]))(*asgi)  # type: ignore[arg-type]

    scope = {"type": "http", "method": "POST", "path": "/ask", "headers": []}
    asyncio.run(ConcurrencyLimit(app, {"questions": slots})(scope, receive, send))
    assert working == [(True, 1), (True, 1), (False, 0)]
    assert slots.working == 0
