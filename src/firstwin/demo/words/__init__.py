"""The raw material of the demo company: names, places and turns of phrase."""


def words(text: str) -> tuple[str, ...]:
    """The words of `text`; an underscore stands for a space inside one."""
    return tuple(word.replace("_", " ") for word in text.split())
