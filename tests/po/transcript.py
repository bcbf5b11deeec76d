#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a screen reader gets: transcript.py LANGUAGE FILE

FILE is what --plain said. It is lines from top to bottom: nothing that moves the cursor, repaints or colours. In another
language than English ("en") no sentence of the catalogue stands in it in English. One line per finding, exit 1 when there is one.
"""
import gettext
import os
import re
import sys
import unicodedata

WORDS = 4  # shorter texts may be the same in two languages, or part of a name
DIRECTIVE = re.compile(r"%[-0-9.*l]*[a-z]|\004")


def sentences(language):
    """English texts with a translation of their own."""
    folder = os.environ["CMC_WIZARD_LOCALEDIR"]
    catalogue = gettext.translation("cmc-wizard", folder, [language])._catalog
    for message, translation in catalogue.items():
        if isinstance(message, str) and message != translation and not DIRECTIVE.search(message):
            flat = " ".join(message.split())
            if flat.count(" ") >= WORDS - 1:
                yield flat


def main(language, path):
    with open(path, encoding="utf-8", newline="") as file:
        said = file.read()
    found = [f"U+{ord(c):04x} at {i}" for i, c in enumerate(said) if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co")]
    if language != "en":
        flat = " ".join(said.split())
        found += [f"in English: {text}" for text in sentences(language) if text in flat]
    print("\n".join("# " + line for line in found))
    return 1 if found or not said.strip() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
