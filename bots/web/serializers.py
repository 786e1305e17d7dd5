"""From an order to the JSON that the page shows: fields, and sentences in the person's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.chat.button_code import ButtonCode
from bots.chat.results import describe_outputs, describe_progress
from separator import OrderState
from separator.core.outputs import OutputSpec

if TYPE_CHECKING:
    from bots.chat.messages import Reply
    from bots.chat.service import ChatService
    from separator import OrderStatus
    from storage import Links

#: The code of a mix → the preset of the mixer page that sounds like it.
_PRESETS = {"vocals": "vocals", "-vocals": "instrumental", "-drums": "drumless", "-bass": "bassless"}
#: States of an order that its job does not have.
_BEYOND_JOB = (OrderState.DRAFT, OrderState.CANCELLED)


def order_json(service: ChatService, links: Links, status: OrderStatus) -> dict[str, Any]:
    """One order. `text` says how far it is, or how it ended; its numbers are fields as well.

    `position` is how many jobs go first and `eta_s` the seconds to go; both are None where not known.
    """
    order, result, views = status.order, status.result or {}, service.results
    reply = views.status(status)
    outputs = OutputSpec.from_code(order.outputs) if order.outputs and not _is_draft(status) else None
    preset = _preset(outputs)
    preview, live = views.preview_claims(status), views.live_claims(status)
    finished = views.link_claims(order, result) if result else None
    return reply_json(reply) | {
        "order": order.id,
        "song": order.song_name,
        "outputs": describe_outputs(outputs, order.language) if outputs else "",
        "state": str(order.state if order.state in _BEYOND_JOB else status.state),
        "text": reply.text if reply.final or _is_draft(status) else describe_progress(status),
        "failed": status.error is not None,
        "stage": status.progress.stage,
        "position": status.position.before if status.position else None,
        "eta_s": status.position.eta_s if status.position else None,
        "mixer": f"/m/{links.sign(finished)}{preset}" if finished else "",
        "live": f"/m/{links.sign(live)}{preset}" if live else "",
        "preview": f"/m/{links.sign(preview)}" if preview else "",
        "files": [
            {
                "name": file["name"],
                "size_bytes": file["size_bytes"],
                "url": f"/api/orders/{order.id}/files/{number}",
            }
            for number, file in enumerate(result.get("files", []))
        ],
    }


def reply_json(reply: Reply) -> dict[str, Any]:
    """A reply without its links to the mixer: the page has its own."""
    return {
        "text": reply.text,
        "progress": reply.progress,
        "final": reply.final,
        "buttons": [
            {
                "label": button.label,
                "code": button.code,
                "action": ButtonCode.decode(button.code).action.name.lower(),
            }
            for row in reply.buttons
            for button in row
            if button.code
        ],
    }


def _is_draft(status: OrderStatus) -> bool:
    return status.order.state is OrderState.DRAFT


def _preset(outputs: OutputSpec | None) -> str:
    """The preset that the mixer opens with: that of the order's mix, if it is a single one."""
    mixes = outputs.mixes if outputs else ()
    preset = _PRESETS.get(mixes[0].code, "") if len(mixes) == 1 else ""
    return f"#preset={preset}" if preset else ""
