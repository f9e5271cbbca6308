"""The questions to fit on, beside those that measure."""

from knowledge.bench.made import made_up
from knowledge.bench.questions import questions
from knowledge.embeddings import embedder

MODEL = "local/all-MiniLM-L6-v2"
TOO_NEAR = 0.9


def test_nothing_to_fit_on_means_the_same_as_a_question_of_the_test_half() -> None:
    model = embedder(MODEL)
    measured = model.embed_passages([one.text for one in questions("test")])
    fitted = [one.text for one in questions("fit")] + made_up()
    nearest = (model.embed_passages(fitted) @ measured.T).max(axis=1)
    assert [text for text, near in zip(fitted, nearest, strict=True) if near > TOO_NEAR] == []


def test_made_up_questions_are_the_same_every_time_and_each_once() -> None:
    made = made_up()
    assert made == made_up()
    assert len(made) == len({text.lower().rstrip("?") for text in made}) > 400


def test_splits_are_read_from_their_files() -> None:
    assert {one.split for one in questions()} == {"dev", "test"}
    assert {one.split for one in questions("fit", "dev")} == {"fit", "dev"}
