from calls.live.events import RecordInterim, Speaker
from calls.live.transcript import Transcript


def test_an_item_cut_before_its_first_word_came_leaves_no_utterance() -> None:
    transcript = Transcript()
    transcript.agent_item("a").audio_ms = 400
    assert transcript.settle_agent("a", 200) == ("", [RecordInterim(1, Speaker.AGENT, "")])
