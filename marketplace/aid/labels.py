"""What aid is called on screen."""

from ..shared.i18n import Text, _l
from .goods_models import Found, ItemCondition
from .models import AidKind, FundRule, FundSource, ProposalState
from .money_models import DrawingState
from .rules import Action, Step

Badge = tuple[Text, str, str]
"""Word, tone and icon."""

SOURCES: dict[FundSource, Text] = {
    FundSource.REGENCY: _l("City or regency"),
    FundSource.PROVINCE: _l("Province"),
    FundSource.CENTRE: _l("Central government"),
}
RULES: dict[FundRule, Text] = {
    FundRule.MONEY: _l("By money"),
    FundRule.QUOTA: _l("By a fixed number of groups"),
}
KINDS: dict[AidKind, Text] = {AidKind.GOODS: _l("Goods"), AidKind.MONEY: _l("Money for the group")}
PROPOSALS: dict[ProposalState, Badge] = {
    ProposalState.DRAFT: (_l("Draft"), "neutral", "pencil"),
    ProposalState.SUBMITTED: (_l("Waits to be checked"), "warn", "clock"),
    ProposalState.CHECKED: (_l("Waits for the decision"), "warn", "scale"),
    ProposalState.APPROVED: (_l("Approved"), "good", "circle-check"),
    ProposalState.REFUSED: (_l("Refused"), "bad", "circle-x"),
    ProposalState.WITHDRAWN: (_l("Withdrawn"), "neutral", "undo-2"),
}
DRAWINGS: dict[DrawingState, Badge] = {
    DrawingState.ASKED: (_l("Waits for the release"), "warn", "clock"),
    DrawingState.RELEASED: (_l("May be drawn, receipts awaited"), "warn", "hand-coins"),
    DrawingState.REFUSED: (_l("Refused"), "bad", "circle-x"),
    DrawingState.WITHDRAWN: (_l("Request called off"), "neutral", "undo-2"),
    DrawingState.PROVED: (_l("Receipts to be gone through"), "warn", "receipt-text"),
    DrawingState.SETTLED: (_l("Use proved"), "good", "circle-check"),
}
CONDITIONS: dict[ItemCondition, Text] = {
    ItemCondition.NEW: _l("New"),
    ItemCondition.GOOD: _l("Good"),
    ItemCondition.USED: _l("Used, but it works"),
}
FOUND: dict[Found, Badge] = {
    Found.THERE: (_l("Still there and used"), "good", "circle-check"),
    Found.BROKEN: (_l("Broken"), "warn", "wrench"),
    Found.SOLD: (_l("Sold"), "bad", "circle-x"),
    Found.GONE: (_l("Gone"), "bad", "circle-x"),
}
STEPS: dict[str, Text] = {
    "write": _l("Written"),
    "add_file": _l("Photo added"),
    Action.SUBMIT: _l("Sent to the office"),
    Action.SEND_BACK: _l("Sent back to be mended"),
    Action.CHECK: _l("Checked: complete"),
    Action.APPROVE: _l("Approved"),
    Action.REFUSE: _l("Refused"),
    Action.REVOKE: _l("Approval taken back"),
    Action.WITHDRAW: _l("Withdrawn"),
}
DRAWING_STEPS: dict[Step, Text] = {
    Step.RELEASE: _l("Release"),
    Step.REFUSE: _l("Refuse"),
    Step.WITHDRAW: _l("Withdraw"),
    Step.PROVE: _l("Send the receipts"),
    Step.SEND_BACK: _l("Ask for the receipts anew"),
    Step.SETTLE: _l("The use is proved"),
}
