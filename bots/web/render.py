"""From an order to what the page shows: facts as JSON, sentences as the desk says them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separator import OutputSpec

if TYPE_CHECKING:
    from bots.chat.messages import Reply
    from bots.chat.service import ChatService
    from separator import OrderStatus
    from storage import Links

#: A mix by its code → the preset of the mixer page that sounds like it.
_PRESETS = {"vocals": "vocals", "-vocals": "instrumental", "-drums": "drumless", "-bass": "bassless"}


def render(service: ChatService, links: Links, standing: OrderStatus) -> dict[str, Any]:
    """Everything the page needs to know of one order."""
    order, result = standing.order, standing.result or {}
    preview, live = service.results.preview_claims(standing), service.results.live_claims(standing)
    files = result.get("files", [])
    return {
        "order": order.id,
        "song": order.song_name,
        "state": str(order.state),
        **reply_facts(service.results.status(standing)),
        "mixer": f"/m/{links.sign(service.results.link_claims(order, result))}{_balance(order.outputs)}"
        if result
        else "",
        "live": f"/m/{links.sign(live)}{_balance(order.outputs)}" if live else "",
        "preview": f"/m/{links.sign(preview)}" if preview else "",
        "files": [
            {
                "name": each["name"],
                "size_bytes": each["size_bytes"],
                "url": f"/api/orders/{order.id}/files/{number}",
            }
            for number, each in enumerate(files)
        ],
    }


def reply_facts(reply: Reply) -> dict[str, Any]:
    """A reply as the page's script takes it. Links to the mixer are left out: the page has its own."""
    return {
        "text": reply.text,
        "share": reply.progress,
        "final": reply.final,
        "buttons": [
            {"label": button.label, "code": button.code}
            for row in reply.buttons
            for button in row
            if button.code
        ],
    }


def _balance(code: str) -> str:
    """What the mixer opens with: the mix that was wished, if it was a single one."""
    mixes = OutputSpec.from_code(code).mixes if code else ()
    preset = _PRESETS.get(mixes[0].code, "") if len(mixes) == 1 else ""
    return f"#preset={preset}" if preset else ""
