"""What a browser would find on a page: its title, links, forms and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse


@dataclass
class Form:
    """A form as it stands on the page; `fields` are the values it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""


class Page(HTMLParser):
    """A parsed answer. Links and actions are as written, fragments left out; decoration is no image."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.title = ""
        self.links: list[str] = []
        self.images: list[str] = []
        self.scripts: list[str] = []
        self.forms: list[Form] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self.labels: list[str] = []
        self._open: list[str] = []
        self._form: Form | None = None
        self.body = response.content.decode()
        self.feed(self.body)
        self.close()

    @property
    def text(self) -> str:
        """Every word a person reads, in order."""
        return " ".join(" ".join(self.words).split())

    def addresses(self) -> set[str]:
        """Every address of this site that opening or tapping the page would fetch."""
        asked = [form.action for form in self.forms if form.method == "get"]
        return {address for address in [*self.links, *self.images, *asked] if address and not address.startswith("#")}

    def posts(self) -> list[Form]:
        """The forms that change something."""
        return [form for form in self.forms if form.method == "post"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.inline += [name for name in found if name.startswith("on") or name == "style"]
        if tag in ("a", "area") and "href" in found:
            self.links.append(found["href"].partition("#")[0])
        elif tag == "img":
            self.images += [found["src"]] if not found.get("src", "").startswith("/static/") else []
        elif tag == "script":
            self.scripts.append(found.get("src", ""))
        elif tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in ("input", "textarea", "select", "button") and self._form and found.get("name"):
            self._form.fields.setdefault(found["name"], found.get("value", ""))
        self.labels += [found["aria-label"]] if "aria-label" in found else []
        if tag not in ("input", "img", "link", "meta", "br", "hr", "use", "path", "source"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            continue
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data.strip()
        elif not {"script", "style"} & set(self._open):
            self.words.append(data)
            if "button" in self._open and self._form:
                self._form.button = " ".join(f"{self._form.button} {data}".split())
