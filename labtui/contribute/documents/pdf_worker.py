"""The process that converts one PDF: `python -m labtui.contribute.documents.pdf_worker PDF MARKDOWN`.

Ends with 0 and the Markdown written, with the codes of `pdf.py`, or with 1 and docling's last words.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from labtui.contribute.documents.pdf import NO_MODELS, NO_TEXT

FETCHED = Path("~/.cache/docling/models")
"""Where docling's own tool puts what it fetches, unless it was told otherwise."""
_NOT_HERE = ("OfflineModeIsEnabled", "LocalEntryNotFoundError", "ConnectionError", "not found in artifacts_path")


def main(source: Path, target: Path) -> int:
    try:
        text = converted(source, ocr=False) or converted(source, ocr=True)
    except Exception as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201 - the output of this process is read by its parent
        return NO_MODELS if _lacks_models(error) else 1
    if not text:
        return NO_TEXT
    target.write_text(text, encoding="utf-8")
    return 0


def converted(source: Path, *, ocr: bool) -> str:
    """The Markdown of a PDF; empty where it holds no text. `ocr`: letters are read off pictures of pages."""
    from docling.datamodel.base_models import InputFormat
    from docling.datamodel.pipeline_options import PdfPipelineOptions
    from docling.document_converter import DocumentConverter, PdfFormatOption

    options = PdfPipelineOptions(do_ocr=ocr)
    if "DOCLING_ARTIFACTS_PATH" not in os.environ and FETCHED.expanduser().is_dir():
        options.artifacts_path = FETCHED.expanduser()
    converter = DocumentConverter(
        allowed_formats=[InputFormat.PDF], format_options={InputFormat.PDF: PdfFormatOption(pipeline_options=options)}
    )
    document: Any = converter.convert(source).document
    markdown: str = document.export_to_markdown(image_placeholder="")
    return markdown if markdown.strip() else ""


def _lacks_models(error: BaseException | None) -> bool:
    while error is not None:
        if any(word in f"{type(error).__name__} {error}" for word in _NOT_HERE):
            return True
        error = error.__cause__ or error.__context__
    return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
