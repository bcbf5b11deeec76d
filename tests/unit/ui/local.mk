# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
ui_tests = tests/unit/ui/edit_test tests/unit/ui/action_test tests/unit/ui/form_test tests/unit/ui/shorten_test
check_PROGRAMS += $(ui_tests)
TESTS += $(ui_tests)
ui_test_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(CURSES_CFLAGS)
ui_test_ldadd = $(LIB_UI) $(LIB_BASE) $(CURSES_LIBS) $(CMOCKA_LIBS)
tests_unit_ui_edit_test_SOURCES = tests/unit/ui/edit_test.c
tests_unit_ui_edit_test_CPPFLAGS = $(ui_test_cppflags)
tests_unit_ui_edit_test_LDADD = $(ui_test_ldadd)
tests_unit_ui_action_test_SOURCES = tests/unit/ui/action_test.c
tests_unit_ui_action_test_CPPFLAGS = $(ui_test_cppflags)
tests_unit_ui_action_test_LDADD = $(ui_test_ldadd)
tests_unit_ui_form_test_SOURCES = tests/unit/ui/form_test.c
tests_unit_ui_form_test_CPPFLAGS = $(ui_test_cppflags)
tests_unit_ui_form_test_LDADD = $(ui_test_ldadd)
tests_unit_ui_shorten_test_SOURCES = tests/unit/ui/shorten_test.c
tests_unit_ui_shorten_test_CPPFLAGS = $(ui_test_cppflags)
tests_unit_ui_shorten_test_LDADD = $(ui_test_ldadd)
endif
