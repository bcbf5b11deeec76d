# SPDX-License-Identifier: Apache-2.0
# Catalogues and languages. To add a test: a row here; to look at more pages: a walk in walks.h, a script screens_*.tap.
po_tests = tests/po/catalogues_test.sh tests/po/parity.tap tests/po/parity_errors.tap tests/po/jobs.tap tests/po/walks.tap
po_screens = tests/po/screens_agent.tap tests/po/screens_secret.tap tests/po/screens_handover.tap tests/po/screens_desk.tap \
    tests/po/screens_helpdesk.tap
dist_check_SCRIPTS += $(po_tests) $(po_screens)
EXTRA_DIST += tests/po/catalogues.py tests/po/access_keys.py tests/po/pseudo.py tests/po/screens.sh tests/po/pages.sh tests/po/answer_prompts.py tests/po/transcript.py tests/po/compare_sessions.py
TESTS += $(po_tests) $(po_screens)
if HAVE_VTERM
check_PROGRAMS += tests/po/screens_walk
tests_po_screens_walk_SOURCES = tests/po/screens_walk.c tests/po/walks.h
tests_po_screens_walk_LDADD = $(LIB_TERM) $(LIB_BASE)
EXTRA_tests_po_screens_walk_DEPENDENCIES = cmc-wizard$(EXEEXT) wizard.so$(EXEEXT) cmc-practice-ca$(EXEEXT)
endif
