"""The sixth step: whose work the leaf is made from, and under which licence. Every letter goes into attribution.txt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from labtui.contribute.attribution import works as attribution
from labtui.contribute.attribution.works import FIELDS, WorkFields
from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft, Problem, Step, StepStanding
from labtui.contribute.requests.remarks import Remark
from labtui.errors import LabError
from labtui.screens.contribute.attribution_facts import Facts, facts, problems_of
from labtui.screens.contribute.deed import Deed
from labtui.screens.contribute.labelled import Entered, Labelled, Line
from labtui.screens.contribute.licence_line import LicenceLine
from labtui.screens.contribute.pane import Field, StepPane
from labtui.screens.threads import in_thread
from labtui.widgets.plain import Plain

ASKED = {
    "title": ("Title", "of the book, article or page"),
    "link": ("Link", "where it can be read"),
    "revision": ("Revision", "the edition, or the day it was read"),
    "licence": ("Licence", "under which others may use it"),
    "creators": ("Creators", "who wrote it, parted by commas"),
}
ASKED_OF_SKILL = ASKED | {"title": ("Title", "of the work, or of what you made up yourself")}

SEARCHED = ("legal.licence-unknown", "legal.licence-not-accepted")


class WorkForm(Vertical):
    """One work's fields."""

    DEFAULT_CSS = "WorkForm { height: auto; } WorkForm > .which { height: auto; color: $quiet; }"

    def __init__(self, number: int, entered: Entered) -> None:
        """`entered`: what enter does in its fields."""
        super().__init__()
        self.number = number
        """From 0."""
        self._entered = entered

    def compose(self) -> ComposeResult:
        yield Plain("", classes="which")
        for name in FIELDS:
            field = LicenceLine(id=f"{name}-{self.number}") if name == "licence" else Line(id=f"{name}-{self.number}")
            field.entered = self._entered
            yield Labelled(*ASKED[name], field)
        yield Deed("take this work out again", id=f"out-{self.number}")

    def labelled(self, name: str) -> Labelled:
        return list(self.query(Labelled))[FIELDS.index(name)]

    def line(self, name: str) -> Line:
        field = self.labelled(name).field
        return field.line if isinstance(field, LicenceLine) else self.query_one(f"#{name}-{self.number}", Line)

    def fill(self, work: WorkFields, count: int, *, knowledge: bool, anew: bool) -> None:
        for name in FIELDS:
            self.line(name).fill(work.says(name), anew=anew)
            self.labelled(name).ask(*(ASKED if knowledge else ASKED_OF_SKILL)[name])
        for name in ("link", "revision"):
            # Who makes a skill up himself has no link to give.
            self.labelled(name).display = knowledge or bool(work.says(name) or work.link)
        which = self.query_one(".which", Plain)
        which.display = count > 1
        which.show(f"work {self.number + 1} of {count}")
        self.query_one(Deed).display = count > 1

    def judge(self, problems: Sequence[Problem]) -> None:
        for name in FIELDS:
            # What is being searched for is no licence yet.
            field = self.labelled(name).field
            searched = isinstance(field, LicenceLine) and (field.line.has_focus or field.is_accepted)
            self.labelled(name).judge(
                one for one in problems if one.field[:1] == (name,) and not (searched and one.rule in SEARCHED)
            )

    def hear(self, remarks: Sequence[Remark]) -> None:
        for name in FIELDS:
            self.labelled(name).hear(one for one in remarks if one.field[:1] == (name,))


class AttributionPane(StepPane):
    STEP = Step.ATTRIBUTION
    DEFAULT_CSS = """
    AttributionPane .about { height: auto; color: $quiet; margin: 0 0 1 0; }
    AttributionPane #own, AttributionPane #known { margin: 0 0 1 0; }
    """

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.facts = Facts()
        self._want: Field = ()
        """The field to go to as soon as it is there."""
        self._wants_focus = False
        self._filling = asyncio.Lock()
        """One at a time: an older reading must not take away a form that a newer one has made."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Plain("", classes="about")
            yield Deed("take what is known of the document", id="known")
            yield Deed("I wrote this myself", id="own")
            yield Vertical(id="works")
            yield Deed("name another work", "if it is made from more than one", id="another")
            yield Deed("go on", id="on")

    # -- what is shown ------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.query_one("#works").styles.height = "auto"

    def show(self, draft: Draft, standing: StepStanding) -> None:
        self._fill_soon()

    def judge(self, draft: Draft, standing: StepStanding) -> None:
        self._fill_soon()

    def _fill_soon(self) -> None:
        self.run_worker(self._fill(), group="attribution", exclusive=True, exit_on_error=False)

    async def _fill(self, *, anew: bool = False) -> None:
        async with self._filling:
            await self._filled(anew)

    async def _filled(self, anew: bool) -> None:
        folder, leaf = self.folder, self.leaf
        if not leaf:
            return
        try:
            found = await in_thread(lambda: facts(folder, leaf))
        except LabError as error:
            self.app.fail(error)
            return
        if leaf != self.leaf:
            return
        anew = anew or self.facts.leaf != leaf
        self.facts = found
        await self._set_forms(max(1, len(found.works)))
        for form, work_ in zip(self._forms, found.works or (WorkFields(),), strict=True):
            form.fill(work_, len(self._forms), knowledge=found.knowledge, anew=anew)
        self._say()
        self._judge_fields()
        if self._wants_focus:
            self._wants_focus = False
            self._begin()
        if self._want:
            want, self._want = self._want, ()
            self.go_to_field(want)

    async def _set_forms(self, count: int) -> None:
        forms = self._forms
        for form in forms[count:]:
            await form.remove()
        for number in range(len(forms), count):
            # A form is whole from the beginning: this may be broken off here by a newer reading.
            await self.query_one("#works").mount(WorkForm(number, self._entered))

    def _say(self) -> None:
        known = self.facts
        about = (
            "Everybody whose work went into the leaf is named here, so that it may be used."
            if known.knowledge
            else "If you made the examples up yourself, the work is yours: name yourself and choose a licence for it."
        )
        self.query_one(".about", Plain).show(about)
        blank = not known.works or known.works == (msgspec.structs.replace(WorkFields(), creators=known.author),)
        blank = blank or known.works == (WorkFields(),)
        document = self.query_one("#known", Deed)
        document.display = any(known.document.says(name) and not self._says(name) for name in FIELDS)
        document.say("take what is known of the document", known.document.title or known.document.link, says="fill in")
        own = self.query_one("#own", Deed)
        own.display = not known.knowledge and blank
        own.say("I wrote this myself", f"names you ({known.author})" if known.author else "", says="fill in")

    def _says(self, name: str) -> str:
        return self.facts.works[0].says(name) if self.facts.works else ""

    def _judge_fields(self) -> None:
        found = problems_of(self.facts, self.standing.problems if self.standing is not None else (), self.leaf)
        for form in self._forms:
            form.judge([one for one in found if _work(one.field) == form.number])
            form.hear([one for one in self.remarks if _work(one.field) == form.number])

    @property
    def _forms(self) -> list[WorkForm]:
        return sorted(self.query(WorkForm), key=lambda form: form.number)

    # -- writing ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._typed(event.input)

    def _typed(self, line: Input) -> None:
        from labtui.contribute.attribution.attributing import change_attribution

        # What stands in the fields is of the leaf they were filled from.
        folder, leaf, value = self.folder, self.facts.leaf, line.value
        name, _, number = str(line.id).partition("-")
        at = int(number)
        self.keep(
            f"{leaf} {line.id}",
            lambda: change_attribution(folder, leaf, lambda text: attribution.written(text, at, name, value)),
        )

    def grab(self) -> None:
        focused = self.screen.focused
        if not isinstance(focused, Line) or focused not in self.query(Line) or not self.facts.leaf:
            return
        if focused.value != focused.filled:
            # What nobody typed is not written: somebody else may have written something else there.
            self._typed(focused)

    async def _change(self, change: Callable[[str], str]) -> bool:
        """Changes the file as a whole and shows it. False, and told, where it cannot be."""
        from labtui.contribute.attribution.attributing import change_attribution

        await self.flush()
        folder, leaf = self.folder, self.leaf
        try:
            await in_thread(lambda: change_attribution(folder, leaf, change))
        except LabError as error:
            self.app.fail(error)
            return False
        self.post_message(self.Changed())
        await self._fill(anew=True)
        return True

    # -- deeds --------------------------------------------------------------------------------------------------

    @on(Deed.Done)
    @work(group="attribution-deed", exit_on_error=False)
    async def _on_done(self, event: Deed.Done) -> None:
        event.stop()
        match str(event.deed.id).partition("-"):
            case ("on", _, _):
                self.post_message(self.GoOn())
            case ("another", _, _):
                count = len(self._forms)
                if await self._change(attribution.with_another):
                    self._forms[min(count, len(self._forms) - 1)].line("title").focus()
            case ("known", _, _):
                await self._take_over(self.facts.document)
            case ("own", _, _):
                await self._take_over(WorkFields(title=self.facts.title, creators=self.facts.author))
            case ("out", _, number):
                await self._take_out(int(number))

    async def _take_over(self, work_: WorkFields) -> None:
        """Fills in what is still empty of the first work."""

        def fill(text: str) -> str:
            now = attribution.read(text)
            for name in FIELDS:
                if work_.says(name) and not (now[0].says(name) if now else ""):
                    text = attribution.written(text, 0, name, work_.says(name))
                    now = attribution.read(text)
            return text

        if await self._change(fill):
            self._begin()

    async def _take_out(self, number: int) -> None:
        named = self.facts.works[number].title if number < len(self.facts.works) else ""
        if await self.app.confirm("Take this work out of the attribution?", named, yes="Take it out") and (
            await self._change(lambda text: attribution.without(text, number))
        ):
            self._begin()

    # -- from field to field ------------------------------------------------------------------------------------

    @property
    def _order(self) -> list[Line | Deed]:
        """What enter goes through."""
        fields: list[Line | Deed] = [
            form.line(name) for form in self._forms for name in FIELDS if form.labelled(name).display
        ]
        return [*fields, self.query_one("#on", Deed)]

    def take_focus(self) -> None:
        if self._forms and self.facts.leaf == self.leaf:
            self._begin()
        else:
            self._wants_focus = True

    def _begin(self) -> None:
        """The first field that says nothing; where all say something, what goes on."""
        for deed in ("#known", "#own"):
            if self.query_one(deed, Deed).display:
                self.query_one(deed, Deed).focus()
                return
        order = self._order
        empty = next((one for one in order if isinstance(one, Line) and not one.value.strip()), order[-1])
        empty.focus()

    def enter_says(self) -> str:
        focused = self.screen.focused
        if isinstance(focused, Deed):
            return focused.says
        licence = next((one for one in self.query(LicenceLine) if one.line is focused), None)
        return "take the licence" if licence is not None else "next field"

    async def _entered(self, line: Widget) -> None:
        if isinstance(line, Line):
            # A licence that was chosen is not typed.
            self._typed(line)
            self._next(line)

    def on_descendant_focus(self) -> None:
        self._judge_fields()

    def _next(self, line: Input) -> None:
        order = self._order
        at = next((number for number, one in enumerate(order) if one is line), -1)
        order[min(at + 1, len(order) - 1)].focus()

    def shows(self, remark: Remark) -> bool:
        # As long as the file is being read its works will most likely be there.
        there = not self._forms or self.facts.leaf != self.leaf or _work(remark.field) < len(self._forms)
        return remark.field[:1] in [(name,) for name in FIELDS] and there

    def field_here(self) -> Field:
        name, _, number = str(self.screen.focused.id if self.screen.focused is not None else "").partition("-")
        if name not in FIELDS or not number.isdecimal():
            return ()
        return (name, int(number)) if int(number) else (name,)

    def go_to_field(self, field: Field) -> None:
        number = _work(field)
        if self._wants_focus or number >= len(self._forms):
            self._want = field
        elif field[0] in FIELDS:
            form = self._forms[number]
            form.labelled(str(field[0])).display = True
            form.line(str(field[0])).focus()
            # What is said of it stands below it.
            form.labelled(str(field[0])).call_after_refresh(form.labelled(str(field[0])).scroll_visible, animate=False)


def _work(field: Field) -> int:
    """Which work a field belongs to, from 0."""
    return int(field[1]) if len(field) > 1 else 0
