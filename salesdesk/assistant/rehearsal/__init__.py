"""Scripted dialogues with the agent, played with the real tools and judged by what came of them."""

from salesdesk.assistant.rehearsal.judge import Verdict, judge
from salesdesk.assistant.rehearsal.play import play
from salesdesk.assistant.rehearsal.script import Dialogue, load_dialogues
from salesdesk.assistant.rehearsal.stage import Stage

__all__ = ["Dialogue", "Stage", "Verdict", "judge", "load_dialogues", "play"]
