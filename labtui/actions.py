"""The registry of everything a key can do. It feeds the bindings, the palette, the help and docs/keys.md.

An action's id is `scope.name`, its scope the screen it belongs to (`jobs.stop`), or a part of a screen
(`chat.prompt.send`), or `app` for what works everywhere. Pressing its key calls `action_NAME` on the screen or
widget whose `BINDINGS` are `bindings_for("scope")`. Users remap keys by id under `keys:` in the settings.

Only keys that reach the application through a plain tmux may stand here (tests/test_actions.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from textual.binding import BindingType


class Action(msgspec.Struct, frozen=True):
    id: str
    keys: str
    """Textual's key names, separated by commas; the first one is shown."""
    label: str
    """One or two words for the line of key hints."""
    tooltip: str
    """What it does, as a phrase that starts with a capital letter, for help and palette."""
    shown: bool = True
    """Whether it stands in the line of key hints."""
    command: str = ""
    """The Textual action, where it is not the id's last part: `open('chat')`."""
    priority: bool = False
    """Whether it comes before the focused widget's own keys."""
    early: bool = False
    """Whether its hint stands right behind the first one, before the others of the focused part."""

    @property
    def scope(self) -> str:
        return self.id.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.id.rpartition(".")[2]

    @property
    def screen(self) -> str:
        return self.id.partition(".")[0]


# -- everywhere (owner: the shell) -----------------------------------------------------------------------------

APP = (
    Action("app.palette", "ctrl+p", "palette", "Search every command", command="command_palette", priority=True),
    Action("app.help", "question_mark,f1", "help", "Explain this screen and its keys"),
    Action("app.jump", "ctrl+g", "jump", "Jump to a pane: letters appear on each", shown=False, priority=True),
    Action("app.back", "escape", "back", "Go one step back", shown=False),
    Action("app.home", "0", "home", "Open the loop", shown=False, command="open('home')"),
    Action("app.chat", "1", "chat", "Open the chat", shown=False, command="open('chat')"),
    Action("app.contribute", "2", "contribute", "Open contributions", shown=False, command="open('contribute')"),
    Action("app.review", "3", "review", "Open the review of samples", shown=False, command="open('review')"),
    Action("app.generate", "4", "generate", "Open generation", shown=False, command="open('generate')"),
    Action("app.train", "5", "train", "Open training", shown=False, command="open('train')"),
    Action("app.evaluate", "6", "evaluate", "Open evaluation", shown=False, command="open('evaluate')"),
    Action("app.release", "7", "release", "Open releases", shown=False, command="open('release')"),
    Action("app.taxonomy", "8", "taxonomy", "Open the taxonomy", shown=False, command="open('taxonomy')"),
    Action("app.models", "9", "models", "Open the models", shown=False, command="open('models')"),
    Action("app.jobs", "j", "jobs", "Open the jobs", shown=False, command="open('jobs')"),
    Action("app.quit", "q", "quit", "Leave labtui; jobs keep going", shown=False, command="leave"),
    Action("app.leave", "ctrl+q", "quit", "Leave labtui, also from inside an input", shown=False, priority=True),
    Action("app.find", "slash", "find", "Search or filter what this screen shows", shown=False),
    Action("app.interrupt", "ctrl+c", "how to leave", "Say how to leave (ctrl+c ends nothing)", shown=False),
    Action("app.debug", "f12", "debug", "Show what a bug report needs", shown=False),
)

# -- home (owner: the shell) -----------------------------------------------------------------------------------

HOME = (
    Action("home.open", "enter", "open", "Open the stage or the job"),
    Action("home.new_generate", "g", "generate", "Generate samples from the taxonomy", command="app.open('generate')"),
    Action("home.new_train", "t", "train", "Train an adapter on samples", command="app.open('train')"),
    Action("home.new_chat", "c", "chat", "Talk with a model", command="app.open('chat')"),
    Action("home.contribute", "n", "contribute", "Begin a contribution to the taxonomy"),
)

# -- chat ------------------------------------------------------------------------------------------------------

CHAT = (
    Action("chat.stop", "escape", "stop", "Stop the answer; what came of it stays"),
    Action("chat.again", "ctrl+r", "again", "Ask again: another answer to the last question", priority=True),
    Action("chat.teach", "ctrl+t", "teach", "Correct the last answer, to make a seed of it", priority=True),
    Action("chat.new", "ctrl+n", "new", "Begin a new conversation", priority=True),
    Action("chat.conversations", "ctrl+l", "list", "Show or hide the conversations", priority=True),
    Action("chat.model", "f2", "model", "Choose who answers"),
    Action("chat.beside", "f3", "beside", "A second model beside the first on the same questions, or only one again"),
    Action("chat.settings", "f4", "setup", "System prompt and sampling"),
    Action("chat.edit_last", "alt+e", "edit", "Edit the last question and branch off there", shown=False),
    Action("chat.copy_last", "alt+c", "copy", "Copy the last answer", shown=False),
    Action("chat.unfold_last", "alt+o", "reasoning", "Unfold or fold the last answer's reasoning", shown=False),
    Action("chat.lessons", "f6", "lessons", "Show the answers collected to be taught", shown=False, priority=True),
    Action("chat.rename", "f5", "rename", "Rename this conversation", shown=False),
    Action("chat.export", "f8", "export", "Write this conversation to a file", shown=False),
    Action("chat.turns", "ctrl+up", "turns", "Go to the questions and answers", shown=False, priority=True),
    Action("chat.prompt.send", "enter", "send", "Send the question"),
    Action("chat.prompt.new_line", "ctrl+j", "line", "Begin a new line in the question"),
    Action("chat.turn.previous", "up", "turns", "Go to the turn above; the arrows also scroll a long one"),
    Action("chat.turn.next", "down", "next", "Go to the turn below", shown=False),
    Action("chat.turn.first", "home", "first", "Go to the first turn", shown=False),
    Action("chat.turn.last", "end", "last", "Go to the last turn and follow the answer", shown=False),
    Action("chat.turn.copy", "c,y", "copy", "Copy this turn's text"),
    Action("chat.turn.edit", "e", "edit", "Edit this question and branch off there"),
    Action("chat.turn.again", "r", "again", "Another answer to this question"),
    Action("chat.turn.teach", "t", "teach", "Correct this answer, to make a seed of it"),
    Action("chat.turn.before", "left", "other", "Show the alternative before this one"),
    Action("chat.turn.after", "right", "other", "Show the next alternative", shown=False),
    Action("chat.turn.unfold", "o,enter", "reasoning", "Unfold or fold this answer's reasoning"),
    Action("chat.list.open", "enter", "open", "Open the conversation"),
    Action("chat.list.rename", "r", "rename", "Rename the conversation"),
    Action("chat.list.delete", "d,delete", "delete", "Delete the conversation (u brings it back)"),
    Action("chat.list.undo", "u", "undo", "Bring the last deleted conversation back"),
    Action("chat.list.export", "e", "export", "Write the conversation to a file"),
)

# -- generate --------------------------------------------------------------------------------------------------

GENERATE = (
    # Before the focused list or input: enter starts from wherever one is in the form.
    Action("generate.start", "enter", "start", "Start the generation as the form says", priority=True),
    Action("generate.leaves.choose", "space", "choose", "Choose the leaf, or drop it"),
    Action("generate.leaves.all", "a", "all", "Choose every leaf shown, or drop them all", shown=False),
    Action("generate.train", "t", "train", "Train on the finished data set"),
    Action("generate.stop", "x", "stop", "Stop; what was made is kept, and it can be resumed"),
    Action("generate.resume", "r", "resume", "Go on; nothing is asked twice"),
    Action("generate.show", "f", "filter", "Show all samples, the accepted, or the rejected"),
    Action("generate.new", "n", "new", "Fill the form for another generation"),
    Action("generate.log", "l", "log", "Read the job's log"),
    Action("generate.copy", "w", "copy command", "Copy the command that does the same", shown=False),
)

# -- train -----------------------------------------------------------------------------------------------------

TRAIN = (
    # Before the focused list or input: enter starts from wherever one is in the form.
    Action("train.start", "enter", "start", "Start the training as the form says", priority=True),
    Action("train.compare", "c", "compare", "Ask base and tuned model side by side"),
    Action("train.stop", "x", "stop", "Save a checkpoint and stop; it can be resumed"),
    Action("train.resume", "r", "resume", "Go on from the last checkpoint"),
    Action("train.new", "n", "new", "Fill the form for another training"),
    Action("train.log", "l", "log", "Read the job's log"),
    Action("train.scale", "y", "scale", "Draw the loss on a logarithmic or a linear scale"),
    Action("train.copy", "w", "copy command", "Copy the command that does the same", shown=False),
)

# -- taxonomy --------------------------------------------------------------------------------------------------

TAXONOMY = (
    Action("taxonomy.open", "enter", "open", "Read the leaf; fold or unfold the folder"),
    Action("taxonomy.save", "ctrl+s,f2", "save", "Save the leaf", early=True),
    Action("taxonomy.new", "N", "new leaf", "Begin a new leaf"),
    Action("taxonomy.find", "slash", "filter", "Keep the leaves that hold what you type"),
    Action("taxonomy.next_problem", "n", "next problem", "Go to the next problem, here or in the next leaf"),
    Action("taxonomy.edit", "e", "edit", "Open the file in $VISUAL or $EDITOR"),
    Action("taxonomy.generate", "g", "generate", "Generate samples from this leaf"),
    Action("taxonomy.talk", "c", "chat", "Ask a model the leaf's first question"),
    Action("taxonomy.contribute", "C", "contribute", "Make a contribution of what was changed"),
    Action("taxonomy.sort", "s", "sort", "Sort by name, worst first, newest change first, or most seeds"),
    Action("taxonomy.problem_before", "P", "problem before", "Go to the leaf before that has a problem", shown=False),
    Action("taxonomy.recent", "R", "recent", "Go to one of the leaves read or edited last", shown=False),
    Action("taxonomy.form", "f", "form", "Show the leaf as a form", command="view(0)", shown=False),
    Action("taxonomy.yaml", "v", "YAML", "Show the file as it is, problems at their lines", command="view(1)"),
    Action("taxonomy.problems", "p", "problems", "List what is wrong with the leaf", command="view(2)"),
    Action("taxonomy.view_after", "right", "next view", "Next view of the leaf", shown=False, command="step_view(1)"),
    Action("taxonomy.view_before", "left", "view before", "View before", shown=False, command="step_view(-1)"),
    Action("taxonomy.unfold", "space", "unfold", "Show long contexts whole", shown=False),
    Action("taxonomy.copy", "y", "copy", "Copy the file, or in the tree the leaf's id"),
    Action("taxonomy.reload", "r", "read anew", "Read and check the taxonomy anew", shown=False),
    Action("taxonomy.update", "u", "update", "Fetch what others did, show it, and move forward to it", shown=False),
    Action("taxonomy.diff", "x", "diff", "Show what changed in the leaf", shown=False, command="view(3)"),
    Action("taxonomy.document", "o", "document", "Show the leaf's document", shown=False, command="view(4)"),
    Action("taxonomy.data", "b", "data", "Show what was generated from the leaf", shown=False, command="view(5)"),
    Action("taxonomy.undo", "ctrl+z,alt+z", "undo", "Take the last change of the leaf back", shown=False),
    Action("taxonomy.redo", "ctrl+y,alt+y", "redo", "Do again what was taken back", shown=False),
    Action("taxonomy.move", "m", "move", "Rename the leaf or move it to another place", shown=False),
    Action("taxonomy.fix", "F", "fix", "Put right what a machine can; shows the changes first", shown=False),
    Action("taxonomy.upgrade", "U", "upgrade", "Bring the leaf to the newest version; shows it first", shown=False),
    # The form: one field or seed has the cursor.
    Action("taxonomy.fields.write", "enter", "write", "Write in the field the cursor is on"),
    Action("taxonomy.fields.add", "a", "add seed", "Add a seed after this one"),
    Action("taxonomy.fields.add_pair", "A", "add pair", "Add a question and answer to this seed's context"),
    Action("taxonomy.fields.duplicate", "d", "duplicate", "Add a copy of this seed after it"),
    Action(
        "taxonomy.fields.delete", "delete,backspace", "delete", "Delete the seed or the pair (ctrl+z brings it back)"
    ),
    Action("taxonomy.fields.earlier", "shift+up,alt+up", "move", "Move the seed or the pair up"),
    Action("taxonomy.fields.later", "shift+down,alt+down", "move down", "Move the seed or the pair down", shown=False),
    Action("taxonomy.fields.up", "up", "up", "Go to the field above", shown=False),
    Action("taxonomy.fields.down", "down", "down", "Go to the field below", shown=False),
    Action(
        "taxonomy.fields.next", "tab", "next", "Go to the next field; after the last one leave the form", shown=False
    ),
    Action("taxonomy.fields.previous", "shift+tab", "before", "Go to the field before", shown=False),
    # A field that is open.
    Action("taxonomy.field.leave", "escape", "done", "Leave the field; what was typed stays"),
    Action("taxonomy.field.next", "tab", "next field", "Go on to the next field"),
    Action("taxonomy.field.previous", "shift+tab", "field before", "Go back to the field before", shown=False),
    # The file as it is, read and written.
    Action("taxonomy.source.write", "enter,i", "write", "Write in the file itself"),
    Action("taxonomy.text.leave", "escape", "done", "Leave the text; what was typed stays"),
    Action("taxonomy.text.indent", "tab", "indent", "Indent by two spaces", shown=False),
    Action("taxonomy.text.dedent", "shift+tab", "dedent", "Take two spaces of indentation away", shown=False),
    # Unsaved edits of an earlier time.
    Action("taxonomy.offer.take", "enter", "go on", "Go on with the unsaved edits"),
    Action("taxonomy.offer.drop", "d", "drop", "Drop the unsaved edits"),
    # The list of problems.
    Action("taxonomy.list.go", "enter", "go there", "Go to the field or the line the problem speaks of"),
    Action("taxonomy.list.why", "w", "why", "Say why the rule exists, and how to put it right"),
    Action("taxonomy.list.up", "up", "up", "Go to the problem above", shown=False),
    Action("taxonomy.list.down", "down", "down", "Go to the problem below", shown=False),
    # The leaf's document.
    Action("taxonomy.page.mark", "v", "mark", "Begin to mark a context here; again takes the whole paragraph"),
    Action("taxonomy.page.take", "enter", "make a seed", "Make a seed of the marked text"),
    Action("taxonomy.page.drop", "escape", "drop", "Drop the mark, or end the search", shown=False),
    Action("taxonomy.page.word_more", "right", "word more", "Mark one word more", shown=False, command="word(1)"),
    Action("taxonomy.page.word_less", "left", "word less", "Mark one word less", shown=False, command="word(-1)"),
    Action("taxonomy.page.swap", "o", "other end", "Move the other end of the mark"),
    Action("taxonomy.page.next", "n", "next seed", "Go to the next seed's context, or the next match"),
    Action("taxonomy.page.previous", "N", "seed before", "Go to the seed or the match before", shown=False),
    Action("taxonomy.page.find", "slash", "find", "Find text; a capital letter makes case count"),
    Action("taxonomy.page.fetch", "d", "fetch", "Fetch the document from the network, or stop that; read it anew"),
    Action("taxonomy.page.file_after", "right_square_bracket", "next file", "Next file", command="file(1)"),
    Action("taxonomy.page.file_before", "left_square_bracket", "file before", "File before", False, "file(-1)"),
    Action("taxonomy.page.up", "up", "up", "Go one line up", shown=False),
    Action("taxonomy.page.down", "down", "down", "Go one line down", shown=False),
    Action("taxonomy.page.page_up", "pageup,ctrl+u", "page up", "Go one page up", shown=False),
    Action("taxonomy.page.page_down", "pagedown,ctrl+d,space", "page down", "Go one page down", shown=False),
    Action("taxonomy.page.first", "home", "first", "Go to the beginning", shown=False),
    Action("taxonomy.page.last", "end", "last", "Go to the end", shown=False),
)

# -- contribute ------------------------------------------------------------------------------------------------

CONTRIBUTE = (
    # In the wizard, from any field: before the field's own keys.
    Action("contribute.step_after", "ctrl+down,alt+right", "next step", "Go to the next step", priority=True),
    Action("contribute.step_before", "ctrl+up,alt+left", "step before", "Go to the step before", priority=True),
    Action("contribute.steps", "f2", "steps", "Go to the list of steps", priority=True),
    Action("contribute.leaves", "f3", "leaves", "Go to the contribution's leaves", shown=False, priority=True),
    Action("contribute.next_problem", "f4", "next problem", "Go to the next thing that is not right", priority=True),
    Action(
        "contribute.said", "f5", "comments", "Show whole what reviewers and checks say here", priority=True, early=True
    ),
    Action("contribute.note.go", "enter", "go there", "Go to the step that is next"),
    # A text of a few lines that is written.
    Action("contribute.field.submit", "enter", "go on", "Go on to the next field", shown=False),
    Action("contribute.field.new_line", "ctrl+j", "new line", "Begin a new line"),
    # The place: its path as a line, the folders there are, leaves about the same.
    Action("contribute.path.folders", "down", "folders", "Choose among the folders there are"),
    Action("contribute.path.complete", "ctrl+o", "complete", "Take the first folder that begins so"),
    Action("contribute.folders.into", "right", "into", "Go into the folder", shown=False),
    Action("contribute.folders.out", "left,backspace", "out", "Go out of the folder", shown=False),
    Action("contribute.folders.extend", "e", "extend it", "Extend the leaf that stands there instead"),
    Action("contribute.similar.extend", "e", "extend it", "Extend this leaf instead of adding another"),
    Action("contribute.similar.beside", "b", "beside it", "Put yours beside this one", shown=False),
    # The cards of the seeds, besides the keys of a leaf's form.
    Action(
        "contribute.seeds.ask",
        "m",
        "ask the model",
        "Ask the present model each question of the leaf, or stop that",
        early=True,
    ),
    Action(
        "contribute.seeds.evidence", "e", "evidence", "Show what the model answers here, now and when it was taught"
    ),
    Action("contribute.seeds.unfold", "space", "unfold", "Show long contexts and answers whole", shown=False),
    Action("contribute.seeds.undo", "ctrl+z,alt+z", "undo", "Take the last change of the seeds back", shown=False),
    Action("contribute.seeds.redo", "ctrl+y,alt+y", "redo", "Do again what was taken back", shown=False),
    Action("contribute.list.open", "enter", "open", "Open the contribution where it was left"),
    Action("contribute.list.new", "n", "new", "Begin a contribution"),
    Action("contribute.list.changes", "c", "from changes", "Take what was changed in the taxonomy into a new one"),
    Action("contribute.list.rename", "r", "rename", "Give the contribution another title"),
    Action("contribute.list.abandon", "d,delete", "put aside", "Put the contribution aside (u brings it back)"),
    Action("contribute.list.undo", "u", "bring back", "Bring back what was put aside last"),
    Action("contribute.steps.go", "enter", "go to the step", "Go to the step under the cursor"),
    Action("contribute.leaves.choose", "enter", "go to the leaf", "Let the steps speak of this leaf"),
    Action("contribute.leaves.add", "a", "add leaf", "Add another new leaf to the contribution"),
    Action("contribute.leaves.extend", "e", "extend one", "Take a leaf of the taxonomy into the contribution"),
    Action("contribute.leaves.remove", "d,delete", "take out", "Take the leaf out of the contribution; asks first"),
    # Check, try, review, submit and afterwards.
    Action("contribute.items.go", "enter", "go there", "Go to what the line under the cursor speaks of"),
    Action("contribute.items.up", "up,k", "up", "Go to the line above", shown=False),
    Action("contribute.items.down", "down", "down", "Go to the line below", shown=False),
    Action("contribute.items.page_up", "pageup,ctrl+u", "page up", "Go one page up", shown=False),
    Action("contribute.items.page_down", "pagedown,ctrl+d", "page down", "Go one page down", shown=False),
    Action("contribute.items.first", "home,g", "first", "Go to the first line", shown=False),
    Action("contribute.items.last", "end,G", "last", "Go to the last line", shown=False),
    Action("contribute.text.submit", "enter", "go on", "Go on to the next field", shown=False),
    Action("contribute.text.new_line", "ctrl+j", "new line", "Begin a new line"),
    Action("contribute.text.leave", "escape", "done", "Leave the text; what was typed stays"),
    Action("contribute.check.fix", "F", "fix", "Put right what a machine can; shows the changes first"),
    Action("contribute.check.why", "w", "why", "Say why the rule exists, and how to put it right"),
    Action("contribute.check.again", "r", "look again", "Check everything anew"),
    Action("contribute.try.seen", "enter", "answers", "See the answers, once it is done"),
    Action("contribute.try.write", "e", "edit", "Edit the question under the cursor"),
    Action("contribute.try.add", "a", "add", "Write another check question"),
    Action("contribute.try.propose", "p", "propose", "Let the model propose questions; each counts once it is taken"),
    Action("contribute.try.context", "c", "context", "Write the text that the question speaks of"),
    Action("contribute.try.drop", "d,delete", "drop", "Take the question away"),
    Action("contribute.try.stop", "x", "stop", "Stop; what was done is kept, and it can be resumed"),
    Action("contribute.try.resume", "r", "resume", "Go on where it was stopped"),
    Action("contribute.try.log", "l", "log", "Read the job's log"),
    Action("contribute.try.better", "b", "better", "Say that the answer is better now", command="verdict('better')"),
    Action("contribute.try.same", "s", "same", "Say that it is as good as before", command="verdict('same')"),
    Action("contribute.try.worse", "w", "worse", "Say that it is worse now", command="verdict('worse')"),
    Action("contribute.try.next_view", "v,right", "next view", "Questions, job, answers: the next", early=True),
    Action("contribute.try.view_before", "left", "view before", "The view before", shown=False),
    Action("contribute.review.go_on", "enter", "go on", "Go on to submit"),
    Action(
        "contribute.review.next_view",
        "v,right",
        "next view",
        "Difference, message, request, commands: the next",
        early=True,
    ),
    Action("contribute.review.view_before", "left", "view before", "The view before", shown=False),
    Action("contribute.review.write", "e", "write", "Write the commit message, or what it teaches"),
    Action("contribute.review.unfold", "space", "unfold", "Show long texts whole"),
    Action("contribute.submit.go", "enter", "go on", "Sign it off, submit it, or see how it stands"),
    Action("contribute.submit.rebase", "r", "bring up to date", "Put it on the taxonomy as it is now", shown=False),
    Action("contribute.submit.overwrite", "o", "replace", "Replace what others put on the branch; asks first"),
    Action("contribute.submit.stop", "x", "stop", "Stop the submission; it goes on from there next time"),
    Action("contribute.submit.bundle", "b", "bundle", "Write the branch into a file: a git bundle"),
    Action("contribute.submit.patch", "p", "patch", "Write it as patches to be mailed"),
    Action("contribute.submit.copy", "y", "copy address", "Copy the address where the request is, or is opened"),
    Action("contribute.after.ask", "r", "ask", "Ask how it stands now: the forge, and the taxonomy"),
    Action("contribute.after.send", "u", "send changes", "Send what was changed since"),
    Action("contribute.after.rebase", "b", "bring up to date", "Put it on the taxonomy as it is now"),
    Action("contribute.after.check", "c", "check", "Go to the check", shown=False),
    Action("contribute.after.copy", "y", "copy address", "Copy the address of the request"),
    Action("contribute.after.close", "x", "withdraw", "Close the request without it being taken in; asks first"),
    Action("contribute.after.tidy", "t", "tidy", "Remove the branch made for it; asks first"),
    Action("contribute.conflicts.mine", "m", "yours", "Take yours", command="choose('mine')"),
    Action("contribute.conflicts.theirs", "t", "theirs", "Take theirs", command="choose('theirs')"),
    Action("contribute.conflicts.both", "b", "both", "Take both, yours first", command="choose('both')"),
    Action("contribute.conflicts.write", "e", "write", "Write what it shall say"),
    Action("contribute.conflicts.take_text", "ctrl+s", "take it", "Take what was written"),
    Action("contribute.conflicts.next", "n,right", "next", "Go to the next conflict"),
    Action("contribute.conflicts.before", "N,left", "before", "Go to the conflict before", shown=False),
    Action("contribute.conflicts.close", "escape", "later", "Leave it for later; what was chosen stays"),
    Action("contribute.conflicts.up", "up,k", "up", "Scroll up", shown=False, command="scroll(-1)"),
    Action("contribute.conflicts.down", "down", "down", "Scroll down", shown=False, command="scroll(1)"),
)

# -- models ----------------------------------------------------------------------------------------------------

MODELS = (
    Action("models.chat", "enter,c", "chat", "Talk with this model"),
    Action("models.add", "a", "add", "Add a model: a file, an address, from the hub, or the demo's"),
    Action("models.serve", "s", "serve", "Serve it until it is stopped"),
    Action("models.stop", "x", "stop", "Stop serving it"),
    Action("models.compare", "b", "beside", "Ask base and adapter side by side"),
    Action("models.remove", "d,delete", "remove", "Remove it, or break its addition off; asks first"),
    Action("models.copy", "y", "copy", "Copy where it is served, else where it lies", shown=False),
)

# -- jobs ------------------------------------------------------------------------------------------------------

JOBS = (
    Action("jobs.open", "enter", "open", "Open the job: progress, log, what was asked, what it made"),
    Action("jobs.stop", "x", "stop", "Ask the job to save what it has and end"),
    Action("jobs.resume", "r", "resume", "Go on with a job that was stopped, failed or lost"),
    Action("jobs.log", "l", "log", "Read the job's log"),
    Action("jobs.prune", "p", "prune", "Remove old jobs that have ended"),
    Action("jobs.copy_id", "y", "copy id", "Copy the job's id"),
    Action("jobs.copy_command", "c", "copy command", "Copy the command that asks for the same"),
    Action("jobs.previous_tab", "left_square_bracket", "tab before", "Show the tab before", shown=False),
    Action("jobs.next_tab", "right_square_bracket", "next tab", "Show the next tab", shown=False),
)

# -- log: a part of several screens (owner: jobs) ---------------------------------------------------------------

LOG = (
    Action("log.find", "slash", "search", "Search the log; a capital letter makes case count"),
    Action("log.next", "n", "next", "Go to the next match", shown=False),
    Action("log.previous", "N", "previous", "Go to the match before", shown=False),
    Action("log.end", "G,end", "follow", "Go to the end and follow it"),
    Action("log.start", "g,home", "start", "Go to the beginning"),
    Action("log.up", "up,k", "up", "Scroll one line up", shown=False, command="scroll_up"),
    Action("log.down", "down", "down", "Scroll one line down", shown=False, command="scroll_down"),
    Action("log.page_up", "pageup,ctrl+u", "page up", "Scroll one page up", shown=False),
    Action("log.page_down", "pagedown,ctrl+d,space", "page down", "Scroll one page down", shown=False),
    Action("log.left", "left", "left", "Scroll to the left", shown=False, command="sideways(-1)"),
    Action("log.right", "right", "right", "Scroll to the right", shown=False, command="sideways(1)"),
    Action("log.mark", "v", "mark", "Mark the first line in sight: copying begins there"),
    Action("log.copy", "y", "copy", "Copy the selection, the marked lines or those in sight"),
    Action("log.numbers", "number_sign", "numbers", "Show or hide line numbers", shown=False),
)

# -- welcome ---------------------------------------------------------------------------------------------------

WELCOME = (Action("welcome.go_on", "enter", "go on", "Go to the next field, or begin"),)


ACTIONS: tuple[Action, ...] = (
    *APP,
    *HOME,
    *CHAT,
    *GENERATE,
    *TRAIN,
    *TAXONOMY,
    *CONTRIBUTE,
    *MODELS,
    *JOBS,
    *LOG,
    *WELCOME,
)


def actions_for(scope: str) -> Iterator[Action]:
    """The actions of exactly one scope, in the order they stand here."""
    return (action for action in ACTIONS if action.scope == scope)


def bindings_for(scope: str) -> list[BindingType]:
    """What a screen or widget puts into its BINDINGS."""
    from textual.binding import Binding

    return [
        Binding(
            action.keys,
            action.command or action.name,
            action.label,
            show=action.shown,
            priority=action.priority,
            tooltip=action.tooltip,
            id=action.id,
        )
        for action in actions_for(scope)
    ]
