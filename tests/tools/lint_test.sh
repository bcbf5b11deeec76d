#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every recorded mistake in a .cfg file has a finding of cmc lint (lint_cases.py); cmc show takes every recorded message.
set -eu
command -v python3 > /dev/null || { echo "SKIP: python3 is missing"; exit 77; }
python3 "$top_srcdir/tests/tools/lint_cases.py" "$top_builddir" "$top_srcdir/tests/vectors/tools"
python3 "$top_srcdir/tests/tools/show_cases.py" "$top_builddir" "$top_srcdir/tests/vectors"
