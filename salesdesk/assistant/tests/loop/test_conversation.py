from salesdesk.assistant.loop.conversation import Conversation, Line, Role


def conversation() -> Conversation:
    return Conversation("Bright Roof")


def test_sentences_of_one_item_make_one_line() -> None:
    talk = conversation()
    talk.say("a", "Hello.")
    talk.say("a", "How can I help?")
    talk.hear("A roof.")
    assert talk.lines == [
        Line(Role.AGENT, "Hello. How can I help?", "a"),
        Line(Role.CALLER, "A roof."),
    ]


def test_only_what_was_heard_of_an_item_is_kept() -> None:
    talk = conversation()
    talk.say("a", "There are three ways to pay.")
    talk.keep_only_heard("a", "There are ")
    assert talk.last_agent_line() == "There are"


def test_an_item_of_which_nothing_was_heard_was_not_said() -> None:
    talk = conversation()
    talk.hear("How much is it?")
    talk.say("a", "It depends.")
    talk.keep_only_heard("a", "")
    talk.hear("Hello?")
    assert talk.unanswered() == "How much is it? Hello?"


def test_truncating_an_unknown_item_changes_nothing() -> None:
    talk = conversation()
    talk.say("a", "Hello.")
    talk.keep_only_heard("b", "")
    assert talk.last_agent_line() == "Hello."


def test_unanswered_is_what_came_after_the_agents_last_line() -> None:
    talk = conversation()
    talk.hear("Hi.")
    talk.say("a", "Hello.")
    assert talk.unanswered() == ""
    talk.hear("I need")
    talk.hear("a roof.")
    assert talk.unanswered() == "I need a roof."


def test_a_restored_conversation_goes_on() -> None:
    talk = conversation()
    talk.restore([("agent", "Hello."), ("caller", "A roof.")])
    talk.say("a", "Gladly.")
    assert talk.agent_lines() == ["Gladly.", "Hello."]
    assert talk.caller_lines() == ["A roof."]


def test_guidance_is_fresh_once_and_kept() -> None:
    talk = conversation()
    talk.guide("Be brief.")
    assert talk.take_fresh_guidance() == ["Be brief."]
    assert talk.take_fresh_guidance() == []
    assert talk.guidance == ["Be brief."]
