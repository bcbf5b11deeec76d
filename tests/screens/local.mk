# SPDX-License-Identifier: Apache-2.0
# Screen tests: programs in a pty with an emulated terminal (tests/harness/term.h). To add one: a row in check_PROGRAMS.
EXTRA_DIST += tests/screens/walks tests/screens/walks.sed tests/screens/walks.sh
check_PROGRAMS += tests/screens/ui_demo
tests_screens_ui_demo_SOURCES = tests/screens/ui_demo.c
tests_screens_ui_demo_LDADD = $(LIB_UI) $(LIB_BASE) $(CURSES_LIBS)

# Each scenario walked in tmux at three sizes, its pages kept in tests/screens/walks (make check compares 80x24): look at git diff.
.PHONY: walks
walks: all tests/po/screens_walk$(EXEEXT)
	for size in 80x24 100x30 200x60; do \
	    for walks in parity jobs; do \
	        WALK_TMUX=1 WALK_SIZE=$$size CMCW_DUMPS_UPDATE=1 top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' \
	            sh '$(top_srcdir)/tests/po/'$$walks.tap || exit 1; \
	    done; \
	done

if HAVE_VTERM
check_LIBRARIES += tests/harness/libterm.a
tests_harness_libterm_a_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_harness_libterm_a_SOURCES = tests/harness/term.c tests/harness/term.h
LIB_TERM = tests/harness/libterm.a $(VTERM_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += tests/screens/ui_screen_test
TESTS += tests/screens/ui_screen_test
tests_screens_ui_screen_test_SOURCES = tests/screens/ui_screen_test.c tests/screens/ui_copy_test.c tests/screens/demo.h
tests_screens_ui_screen_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_screens_ui_screen_test_LDADD = $(LIB_TERM) $(CMOCKA_LIBS)
tests_screens_ui_screen_test_DEPENDENCIES = tests/harness/libterm.a tests/screens/ui_demo$(EXEEXT)

check_PROGRAMS += tests/screens/wizard_screen_test
TESTS += tests/screens/wizard_screen_test
tests_screens_wizard_screen_test_SOURCES = tests/screens/wizard_screen_test.c tests/screens/user.h tests/screens/dump.h
tests_screens_wizard_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_wizard_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES = cmc-wizard$(EXEEXT) wizard.so$(EXEEXT) cmc-practice-ca$(EXEEXT)

EXTRA_DIST += tests/screens/dumps
EXTRA_tests_screens_doubt_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES) tests/interrupt/cut.so$(EXEEXT)
EXTRA_tests_screens_dumps_test_DEPENDENCIES = cmc-wizard$(EXEEXT) wizard.so$(EXEEXT) cmc-practice-ca$(EXEEXT)
EXTRA_tests_screens_helpdesk_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES)
TESTS += tests/screens/helpdesk_screen_test
check_PROGRAMS += tests/screens/helpdesk_screen_test
tests_screens_helpdesk_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_helpdesk_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_helpdesk_screen_test_SOURCES = tests/screens/helpdesk_screen_test.c tests/screens/user.h
EXTRA_tests_screens_secret_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES)
TESTS += tests/screens/secret_screen_test
check_PROGRAMS += tests/screens/secret_screen_test
tests_screens_secret_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_secret_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_secret_screen_test_SOURCES = tests/screens/secret_screen_test.c tests/screens/user.h
EXTRA_tests_screens_token_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES) \
  tests/harness/testslapd$(EXEEXT)
TESTS += tests/screens/token_screen_test
check_PROGRAMS += tests/screens/token_screen_test
tests_screens_token_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_token_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_token_screen_test_SOURCES = tests/screens/token_screen_test.c tests/screens/user.h
EXTRA_tests_screens_handover_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES)
TESTS += tests/screens/handover_screen_test
check_PROGRAMS += tests/screens/handover_screen_test
tests_screens_handover_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_handover_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_handover_screen_test_SOURCES = tests/screens/handover_screen_test.c tests/screens/user.h
EXTRA_tests_screens_place_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES)
TESTS += tests/screens/place_screen_test
check_PROGRAMS += tests/screens/place_screen_test
tests_screens_place_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_place_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_place_screen_test_SOURCES = tests/screens/place_screen_test.c tests/screens/user.h tests/harness/softhsm.h
EXTRA_tests_screens_wait_screen_test_DEPENDENCIES = cmc-wizard$(EXEEXT) wizard.so$(EXEEXT) tests/harness/slowp11.so$(EXEEXT)
TESTS += tests/screens/wait_screen_test
check_PROGRAMS += tests/screens/wait_screen_test
tests_screens_wait_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_wait_screen_test_LDADD = $(LIB_TERM) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CMOCKA_LIBS)
tests_screens_wait_screen_test_SOURCES = tests/screens/wait_screen_test.c tests/screens/user.h tests/harness/slowtoken.h tests/harness/softhsm.h
TESTS += tests/screens/doubt_screen_test
TESTS += tests/screens/dumps_test
check_PROGRAMS += tests/screens/doubt_screen_test
check_PROGRAMS += tests/screens/dumps_test
tests_screens_doubt_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_doubt_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_doubt_screen_test_SOURCES = tests/screens/doubt_screen_test.c tests/screens/user.h
tests_screens_dumps_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_dumps_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_dumps_test_SOURCES = tests/screens/dumps_test.c tests/screens/dump.h
EXTRA_tests_screens_revoke_screen_test_DEPENDENCIES = $(EXTRA_tests_screens_wizard_screen_test_DEPENDENCIES)
TESTS += tests/screens/revoke_screen_test
check_PROGRAMS += tests/screens/revoke_screen_test
tests_screens_revoke_screen_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_screens_revoke_screen_test_LDADD = $(LIB_TERM) $(LIB_BASE) $(CMOCKA_LIBS)
tests_screens_revoke_screen_test_SOURCES = tests/screens/revoke_screen_test.c tests/screens/user.h tests/screens/dump.h
endif
endif
