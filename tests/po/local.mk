# SPDX-License-Identifier: Apache-2.0
# Catalogues and languages. To add a test: a row here.
po_tests = tests/po/catalogues_test.sh
dist_check_SCRIPTS += $(po_tests)
EXTRA_DIST += tests/po/catalogues.py
TESTS += $(po_tests)
