"""Writing playbooks: order, bounds, and which one is followed."""

import pytest

from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, StageSpec
from salesdesk.assistant.models import Playbook
from salesdesk.assistant.playbooks import services
from salesdesk.assistant.playbooks.demo import EXAMPLE, load_demo_playbook
from salesdesk.assistant.playbooks.following import spec_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict


@pytest.fixture
def playbook(business: Business) -> Playbook:
    return services.create_playbook(business, "Solar")


def stages(playbook: Playbook) -> list[tuple[int, str]]:
    return list(playbook.stages.values_list("position", "name"))


def add_stages(playbook: Playbook, *names: str) -> None:
    for name in names:
        services.put_stage(playbook, StageSpec(name, "A goal."))


def test_a_playbook_may_begin_as_another(business: Business) -> None:
    playbook = services.create_playbook(business, EXAMPLE.name, like=EXAMPLE)

    assert spec_of(playbook) == EXAMPLE


def test_the_first_is_followed_and_later_ones_when_told(
    business: Business, other_business: Business
) -> None:
    first = services.create_playbook(business, "First")
    second = services.create_playbook(business, "Second")
    other = services.create_playbook(other_business, "Other")
    assert (first.is_active, second.is_active, other.is_active) == (True, False, True)

    services.follow(second)

    followed = Playbook.objects.filter(is_active=True).values_list("name", flat=True)
    assert sorted(followed) == ["Other", "Second"]


def test_the_followed_one_stays_while_there_are_others(business: Business) -> None:
    first = services.create_playbook(business, "First")
    second = services.create_playbook(business, "Second")

    with pytest.raises(Conflict, match="follow another one first"):
        services.delete_playbook(first)
    services.delete_playbook(second)
    services.delete_playbook(first)

    assert not Playbook.objects.exists()


def test_new_parts_come_last(playbook: Playbook) -> None:
    add_stages(playbook, "One", "Two")

    assert stages(playbook) == [(0, "One"), (1, "Two")]


def test_a_part_is_rewritten_in_its_place(playbook: Playbook) -> None:
    add_stages(playbook, "One", "Two")
    one = playbook.stages.get(name="One")

    services.put_stage(playbook, StageSpec("1", "Goal", ("Why?",), ("Well.",)), stage=one)
    services.put_objection(playbook, ObjectionSpec("Price", ("expensive",), "I see."))

    assert spec_of(playbook) == PlaybookSpec(
        "Solar",
        (StageSpec("1", "Goal", ("Why?",), ("Well.",)), StageSpec("Two", "A goal.")),
        (ObjectionSpec("Price", ("expensive",), "I see."),),
    )


@pytest.mark.parametrize(
    ("name", "by", "order"),
    [
        ("Two", -1, "Two One Three"),
        ("Two", 1, "One Three Two"),
        ("One", -1, "One Two Three"),
        ("Three", 1, "One Two Three"),
        ("Three", -5, "Three One Two"),
    ],
)
def test_parts_move_within_their_list(name: str, by: int, order: str, playbook: Playbook) -> None:
    add_stages(playbook, "One", "Two", "Three")

    services.move(playbook.stages.get(name=name), by)

    assert stages(playbook) == list(enumerate(order.split()))


def test_removing_closes_the_gap(playbook: Playbook) -> None:
    add_stages(playbook, "One", "Two", "Three")

    services.remove(playbook.stages.get(name="Two"))

    assert stages(playbook) == [(0, "One"), (1, "Three")]


def test_there_is_an_end_to_adding(playbook: Playbook) -> None:
    add_stages(playbook, *(str(number) for number in range(services.MOST_PARTS)))

    with pytest.raises(Conflict, match="30 of these at most"):
        add_stages(playbook, "One more")
    services.put_stage(playbook, StageSpec("x", "y"), stage=playbook.stages.get(name="3"))


def test_a_change_is_dated(playbook: Playbook) -> None:
    before = playbook.updated_at

    add_stages(playbook, "One")

    playbook.refresh_from_db()
    assert playbook.updated_at > before


def test_the_example_is_loaded_once_and_stays_as_it_was_left(business: Business) -> None:
    loaded = load_demo_playbook(business)
    services.remove(loaded.stages.get(name="Need"))

    assert load_demo_playbook(business) == loaded
    assert Playbook.objects.count() == 1
    assert not loaded.stages.filter(name="Need").exists()
