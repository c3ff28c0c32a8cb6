"""What a person does in the studio, in their words: set up, choose a model, drop a frame, generate, play."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from tests.studio_process import StudioProcess, wait_until

PASSWORD = "correct horse 99"
QUIET_LOOKS = 5  # of 25 ms each
LOOKS = [("dark", (1440, 900)), ("light", (390, 844))]  # each theme and each size once


class Walker:
    """One page of a browser; every console error and failed script is kept and must not be there.

    Without a studio of its own it goes nowhere by itself, and looks at what a test has opened.
    """

    def __init__(self, page: Any, studio: StudioProcess | None = None) -> None:
        self.page, self.studio = page, studio
        self.noise: list[str] = []
        # what the browser itself notes of what a test brings about; 423 is the studio's word for "ask again
        # in a moment", which an upload on a busy machine hears and does
        self.expected: list[str] = ["status of 423 (Locked)"]
        page.on("pageerror", lambda error: self.noise.append(f"script: {error}"))
        page.on("console", self._hear)
        self._asked: set[Any] = set()  # what the page's scripts have asked for and not heard yet
        page.on("request", self._note)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self._asked.discard(request))
        page.on("framenavigated", lambda _frame: self._asked.clear())

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.noise.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _note(self, request: Any) -> None:
        if request.resource_type in ("fetch", "xhr"):
            self._asked.add(request)

    def settle(self) -> None:
        """Until every answer that was under way stands in the page, and what it set off as well.

        Not "networkidle", which a page reaches once and has for good, half a second after all else.
        """
        quiet = 0
        for _ in range(600):
            quiet = 0 if self._asked else quiet + 1
            if quiet > QUIET_LOOKS:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"still under way: {[request.url for request in self._asked]}")

    def assert_quiet(self) -> None:
        odd = [line for line in self.noise if not any(words in line for words in self.expected)]
        assert not odd, odd

    def set_up(self) -> None:
        """Follow the one-time link and make the administrator."""
        page = self.page
        page.goto(self.studio.setup_link())
        page.fill("input[name=display_name]", "Ada Lovelace")
        page.fill("input[name=username]", "ada")
        page.fill("input[name=email]", "ada@example.com")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button.primary")
        self.wait_for_composer()

    def open_project(self) -> None:
        self.page.goto(f"{self.studio.url}/")
        self.page.click("main a[href^='/p/']")
        self.wait_for_composer()

    def wait_for_composer(self) -> None:
        """Its scripts too: before them a change is heard by nobody."""
        self.page.wait_for_selector("[data-composer][data-started]")

    def new_project(self, name: str) -> None:
        """Its page, as if the form had been filled in, which ``fill_in_project`` does."""
        asked = self.page.request
        form = asked.get(f"{self.studio.url}/p/new").text()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[0]
        made = asked.post(
            f"{self.studio.url}/p/new",
            form={"name": name, "csrfmiddlewaretoken": token},
            headers={"Referer": self.studio.url},
            max_redirects=0,
        )
        assert made.status == 302, made.text()
        self.page.goto(self.studio.url + made.headers["location"])
        self.wait_for_composer()

    def fill_in_project(self, name: str) -> None:
        self.page.goto(f"{self.studio.url}/p/new")
        self.page.fill("input[name=name]", name)
        self.page.click("main button.primary")
        self.wait_for_composer()

    def choose_theme(self, theme: str) -> None:
        """As a person does, in the account's menu; kept for every page that follows."""
        page = self.page
        page.goto(f"{self.studio.url}/")
        with page.expect_response(lambda answer: answer.url.endswith("/me/theme")) as sent:
            page.eval_on_selector(f"[data-theme-set={theme}]", "button => button.click()")
        assert sent.value.ok
        assert page.get_attribute("html", "data-theme") == theme

    def choose_model(self, account: str, label: str) -> None:
        """Pick by the account's name and the model's label, as the select offers them."""
        value = self.page.evaluate(
            """([account, model]) => {
                const groups = [...document.querySelectorAll('select[name=model] optgroup')]
                const all = groups.filter(g => g.label.includes(account)).flatMap(g => [...g.children])
                const found = all.find(o => o.textContent === model)
                return found ? found.value : ''
            }""",
            [account, label],
        )
        assert value, f"{label} of {account} is not offered"
        if self.page.input_value("select[name=model]") == value:
            return
        self.page.eval_on_selector("[data-composer]", "form => { form.dataset.before = '1' }")
        self.page.select_option("select[name=model]", value)
        self.page.wait_for_selector("[data-composer][data-started]:not([data-before])")

    def choose(self, name: str, value: str) -> None:
        self.page.select_option(f"select[name={name}]", value)

    def drop_first_frame(self, picture: Path) -> None:
        with self.page.expect_response(lambda answer: answer.url.endswith("/upload")) as sent:
            self.page.set_input_files("[data-slot=first_frame] input[type=file]", str(picture))
        assert sent.value.status in (200, 201), sent.value.text()
        self.page.wait_for_selector("[data-slot=first_frame]:not(.busy) img")

    def drop_references(self, *pictures: Path) -> None:
        """All at once on the open reference slot, as from a file manager."""
        self._hand_over("drop", "dataTransfer", "[data-slot=reference_image]:not(.filled)", pictures)

    def paste(self, *pictures: Path) -> None:
        self._hand_over("paste", "clipboardData", "textarea[name=prompt]", pictures)

    def _hand_over(self, event: str, carrier: str, place: str, pictures: tuple[Path, ...]) -> None:
        files = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in pictures]
        with self.page.expect_response(lambda answer: answer.url.endswith("/composer")):
            self.page.evaluate(
                """([event, carrier, place, files]) => {
                    const held = new DataTransfer()
                    for (const [name, text] of files) {
                        const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
                        held.items.add(new File([bytes], name, {type: 'image/jpeg'}))
                    }
                    const Kind = event === 'drop' ? DragEvent : ClipboardEvent
                    const options = {[carrier]: held, bubbles: true, cancelable: true}
                    document.querySelector(place).dispatchEvent(new Kind(event, options))
                }""",
                [event, carrier, place, files],
            )
        self.settle()

    def references(self) -> list[str]:
        """The names under the filled reference slots, in their order."""
        return [
            str(slot.inner_text()).strip()
            for slot in self.page.query_selector_all("[data-slot=reference_image].filled")
        ]

    def wait_for_references(self, *names: str) -> None:
        """Each says its file's name until the composer has come back from the server."""
        wait_until(lambda: self.references() == list(names) or self.page.wait_for_timeout(50), 15, every=0)

    def generate(self, prompt: str) -> None:
        self.settle()  # an answer under way would bring the older words
        self.page.fill("textarea[name=prompt]", prompt)
        with self.page.expect_response(
            lambda answer: answer.request.method == "POST" and answer.url.endswith("/generate")
        ) as sent:
            self.page.click("[data-generate]")
        assert sent.value.status == 200, sent.value.text()

    def wait_for_poster(self, seconds: float = 60) -> str:
        """The address of the newest finished take's page, asked for more often than by itself."""
        hurry = "() => { document.dispatchEvent(new CustomEvent('live:refresh')) }"
        poster = self.page.locator(".take img[src*='/poster']").first
        wait_until(lambda: poster.is_visible() or self.page.evaluate(hurry), seconds, every=0.2)
        card = self.page.query_selector(".take:has(img[src*='/poster']) a[href^='/t/']")
        return str(card.get_attribute("href"))

    def play(self) -> tuple[float, float]:
        """Press play; how far the clip got in a second or so, and how long it says it is."""
        self.page.wait_for_selector("video")
        self.page.evaluate("document.querySelector('video').muted = true")
        self.page.keyboard.press("Space")
        # asked again and again: the page's policy allows no evaluated predicates
        wait_until(lambda: self.page.evaluate("document.querySelector('video').currentTime > 0.5"), 15)
        found = self.page.evaluate(
            "[document.querySelector('video').currentTime, document.querySelector('video').duration]"
        )
        return float(found[0]), float(found[1])

    def axe(self) -> list[str]:
        """What axe finds serious or worse on this page, at a second look too: what is just fading in has no
        contrast yet."""
        found = self._axe()
        if found:
            self.page.wait_for_timeout(600)
            found = self._axe()
        return found

    def _axe(self) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [
            f"{item['id']}: {item['nodes'][0]['html'][:120]}"
            for item in found
            if item["impact"] in ("serious", "critical")
        ]
