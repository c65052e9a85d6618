"""The few pages that the server itself writes."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, select_autoescape


@lru_cache
def environment() -> Environment:
    """The templates of this package; whatever stands in them is escaped."""
    return Environment(
        loader=PackageLoader("app.publish"),
        autoescape=select_autoescape(("html", "html.j2")),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def unsubscribe_page(*, done: bool) -> str:
    """HTML: the question with a button, or the confirmation."""
    return environment().get_template("unsubscribe.html.j2").render(done=done)
