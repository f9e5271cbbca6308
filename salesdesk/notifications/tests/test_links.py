"""Links that answer without signing in."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from salesdesk.accounts.models import User
from salesdesk.lib.errors import NotFound
from salesdesk.notifications import links, services
from salesdesk.notifications.enums import Via
from salesdesk.notifications.models import Notice, Notification

pytestmark = pytest.mark.django_db
Notify = Callable[..., Notification]


def path_of(notification: Notification) -> str:
    address = links.action_link(notification.notice, notification.user_id)
    return address.removeprefix("http://localhost:8000")


def test_following_it_asks_and_pressing_answers(notify: Notify, rep: User) -> None:
    notification = notify(body="Roof <b>in</b> Oakland")
    path, browser = path_of(notification), Client(enforce_csrf_checks=True)

    page = browser.get(path)
    assert "Roof &lt;b&gt;in&lt;/b&gt; Oakland" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert Notice.objects.get().is_open

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token
    answered = browser.post(path, {"action": "take", "csrfmiddlewaretoken": token[1]})

    assert "Take: you" in answered.content.decode()
    notice = Notice.objects.get()
    assert (notice.answered_by, notice.answered_via) == (rep, "link")


def test_who_comes_second_is_told(notify: Notify, rep: User, manager: User) -> None:
    notify(to=[rep, manager])
    mine, theirs = Notification.objects.with_notices().order_by("user")
    services.answer(mine, "take", via=Via.APP)
    answer = Client().post(path_of(theirs), {"action": "take"})

    assert answer.status_code == 409
    assert "was first: Take" in answer.content.decode()


def test_an_answer_that_there_is_not_is_refused(notify: Notify) -> None:
    assert Client().post(path_of(notify()), {"action": "delete"}).status_code == 422


def test_it_can_be_put_off(notify: Notify) -> None:
    notification = notify()
    page = Client().post(path_of(notification), {"action": "snooze"})

    assert "Put off" in page.content.decode()
    notification.refresh_from_db()
    assert notification.snoozed_until is not None


@pytest.mark.parametrize("fault", ["forged", "other salt", "left", "locked", "deleted", "cut"])
def test_a_link_that_is_not_good_shows_nothing(notify: Notify, rep: User, fault: str) -> None:
    notification = notify()
    path = path_of(notification)
    if fault == "forged":
        path = path.replace(f".{rep.pk:x}:", f".{rep.pk + 1:x}:")
    elif fault == "other salt":
        told = f"{notification.notice.public_id}.{rep.pk:x}"
        path = f"/notifications/act/{signing.TimestampSigner(salt='other').sign(told)}/"
    elif fault == "left":
        rep.memberships.all().delete()
    elif fault == "locked":
        User.objects.filter(pk=rep.pk).update(is_active=False)
    elif fault == "deleted":
        services.delete(notification)
    else:
        path = path[:-5] + "/"

    for answer in (Client().get(path), Client().post(path, {"action": "take"})):
        assert answer.status_code == 404
        assert "Ann Lee" not in answer.content.decode()
    assert Notice.objects.get().is_open


def test_it_is_good_for_a_day(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    notification = notify()
    token = path_of(notification).rstrip("/").rpartition("/")[2]
    assert links.notification_of(token) == notification

    monkeypatch.setattr(links, "GOOD_FOR", timedelta(seconds=-1))
    with pytest.raises(NotFound):
        links.notification_of(token)


def test_another_key_reads_no_link(notify: Notify, settings: Settings) -> None:
    token = path_of(notify()).rstrip("/").rpartition("/")[2]
    settings.SECRET_KEY = "another"
    with pytest.raises(NotFound):
        links.notification_of(token)
