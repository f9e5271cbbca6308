"""Ids that stand in URLs."""

from salesdesk.lib.ids import ALPHABET, public_id


def test_ids_are_long_readable_and_all_different() -> None:
    ids = [public_id() for _ in range(1000)]

    assert len(set(ids)) == 1000
    assert {len(one) for one in ids} == {16}
    assert set("".join(ids)) <= set(ALPHABET)
    assert not set("ilou") & set(ALPHABET)  # too like 1, 1, 0 and v
