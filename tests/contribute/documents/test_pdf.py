"""PDF through the converter's process. The converter here stands for docling: same modules, same calls.

docling itself takes gigabytes and models from the network; where it is installed with its models, the last test
converts a real page.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from labtui import workspace
from labtui.contribute.documents import pdf
from labtui.contribute.documents.local_documents import look, take
from labtui.contribute.drafts import store
from labtui.contribute.records import ContributedLeaf
from labtui.errors import LabError

CONVERTER = """
import os, pathlib, signal, sys, time
assert os.environ["HF_HUB_OFFLINE"] == "1"

class Document:
    def __init__(self, text): self.text = text
    def export_to_markdown(self, image_placeholder="x"):
        assert image_placeholder == ""
        return self.text

class Result:
    def __init__(self, text): self.document = Document(text)

class PdfFormatOption:
    def __init__(self, pipeline_options): self.options = pipeline_options

class DocumentConverter:
    def __init__(self, allowed_formats, format_options):
        (self.option,) = format_options.values()
    def convert(self, source):
        what = pathlib.Path(source).read_bytes().decode()
        if what == "scanned":
            return Result("read off a picture" if self.option.options.do_ocr else "")
        if what == "blank":
            return Result("  ")
        if what == "models":
            try:
                raise ConnectionError("no hub here")
            except ConnectionError as error:
                raise RuntimeError("cannot load") from error
        if what == "damaged":
            raise ValueError("Inconsistent number of pages")
        if what == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if what == "slow":
            time.sleep(60)
        return Result(f"# A page\\n\\n{what}\\n")
"""


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = tmp_path / "packages" / "docling"
    (top / "datamodel").mkdir(parents=True)
    (top / "__init__.py").touch()
    (top / "datamodel" / "__init__.py").touch()
    (top / "datamodel" / "base_models.py").write_text("class InputFormat:\n    PDF = 'pdf'\n")
    (top / "datamodel" / "pipeline_options.py").write_text(
        "class PdfPipelineOptions:\n    def __init__(self, do_ocr): self.do_ocr = do_ocr\n"
    )
    (top / "document_converter.py").write_text(CONVERTER)
    monkeypatch.setenv("PYTHONPATH", str(top.parent))
    monkeypatch.syspath_prepend(str(top.parent))


def page(tmp_path: Path, what: str) -> Path:
    path = tmp_path / "book.pdf"
    path.write_bytes(what.encode())
    return path


@pytest.mark.usefixtures("converter")
def test_a_pdf_becomes_markdown(tmp_path: Path) -> None:
    assert pdf.available()
    assert pdf.to_markdown(page(tmp_path, "text")) == "# A page\n\ntext\n"
    assert "docling" not in sys.modules


@pytest.mark.usefixtures("converter")
def test_letters_are_read_off_pictures_where_there_is_no_text(tmp_path: Path) -> None:
    assert pdf.to_markdown(page(tmp_path, "scanned")) == "read off a picture"


@pytest.mark.usefixtures("converter")
@pytest.mark.parametrize(
    ("what", "says", "hint"),
    [
        ("blank", "No text was found", "version with text"),
        ("models", "has not the models", "docling-tools models download"),
        ("damaged", "Inconsistent number of pages", "Markdown yourself"),
        ("crash", "ended by signal 11", "Markdown yourself"),
    ],
)
def test_what_goes_wrong_is_said(tmp_path: Path, what: str, says: str, hint: str) -> None:
    with pytest.raises(LabError, match=says) as caught:
        pdf.to_markdown(page(tmp_path, what))
    assert hint in caught.value.hint
    assert caught.value.where.endswith("book.pdf")


@pytest.mark.usefixtures("converter")
def test_a_conversion_is_stopped(tmp_path: Path) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(LabError, match="stopped"):
        pdf.to_markdown(page(tmp_path, "slow"), cancelled)


@pytest.mark.usefixtures("converter")
def test_one_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_SECONDS", 0.2)
    with pytest.raises(LabError, match="took too long"):
        pdf.to_markdown(page(tmp_path, "slow"))


@pytest.mark.usefixtures("converter")
def test_a_contribution_holds_the_markdown(tmp_path: Path) -> None:
    folder = store.new(workspace.create(tmp_path / "lab"))
    folder.change(lambda draft: draft.leaves.append(ContributedLeaf(id="knowledge/untitled")))
    found = look(page(tmp_path, "text"))
    assert found.files[0].pdf
    assert "converted" in found.files[0].note
    take(folder, "knowledge/untitled", found)
    assert (folder.documents / "book" / "book.md").read_text() == "# A page\n\ntext\n"


def test_without_it_the_command_to_install_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LabError) as caught:
        pdf.to_markdown(page(tmp_path, "text"))
    assert caught.value.hint == "Install them with: pip install 'labtui[pdf]'"


def real_page(path: Path) -> None:
    """A PDF of one page that says one sentence."""
    stream = b"BT /F1 24 Tf 72 700 Td (The black-capped chickadee hides seeds.) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(data),
    )
    path.write_bytes(data)


@pytest.mark.skipif(not pdf.available(), reason="docling is not installed")
def test_docling_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = os.environ.get("DOCLING_ARTIFACTS_PATH") or "/root/.cache/docling/models"
    if not Path(models).is_dir():
        pytest.skip("docling's models are not on this machine")
    monkeypatch.setenv("DOCLING_ARTIFACTS_PATH", models)
    real_page(tmp_path / "book.pdf")
    assert "chickadee hides seeds" in pdf.to_markdown(tmp_path / "book.pdf")
