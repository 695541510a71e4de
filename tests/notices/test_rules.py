"""Every state × action of a message; who is told how; how long is waited."""

import datetime as dt
import itertools

import pytest

from marketplace.notices import rules
from marketplace.notices.models import Channel, NoticeKind, NoticeState
from marketplace.notices.rules import Action
from marketplace.shared.errors import StateConflict

S, A = NoticeState, Action
EXPECTED = {
    S.PENDING: {A.TAKE: S.SENDING, A.DROP: S.DROPPED},
    S.SENDING: {A.DELIVER: S.SENT, A.FAIL: S.PENDING, A.GIVE_UP: S.DEAD},
    S.BY_HAND: {A.DELIVER: S.SENT, A.DROP: S.DROPPED},
    S.DEAD: {A.RETRY: S.PENDING, A.DROP: S.DROPPED},
    S.SENT: {},
    S.DROPPED: {},
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(NoticeState, Action)))
def test_every_state_and_action(state: NoticeState, action: Action) -> None:
    expected = EXPECTED[state].get(action)
    if expected is None:
        with pytest.raises(StateConflict):
            rules.transition(state, action)
    else:
        assert rules.transition(state, action) is expected


@pytest.mark.parametrize("kind", NoticeKind)
def test_e_mail_comes_first_and_only_what_asks_something_is_told_by_hand(kind: NoticeKind) -> None:
    assert rules.channel_for(kind, "a@contoh.id", "+628", mails=True) == (Channel.EMAIL, "a@contoh.id")
    by_hand = (Channel.WHATSAPP, "+628") if kind in rules.ASKS_BUYER else None
    assert rules.channel_for(kind, None, "+628", mails=True) == by_hand
    assert rules.channel_for(kind, "a@contoh.id", "+628", mails=False) == by_hand


def test_the_pauses_grow_until_a_person_is_asked() -> None:
    pauses = [rules.pause_after(attempt) for attempt in range(1, 9)]
    known = [pause for pause in pauses if pause is not None]
    assert known == sorted(known)
    assert known[0] == dt.timedelta(minutes=1)
    assert pauses[len(known) :] == [None] * (8 - len(known))
