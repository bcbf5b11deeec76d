# SPDX-License-Identifier: Apache-2.0
# To add a test: its three lines and its name in cfg_unit_tests.
dist_check_SCRIPTS += tests/unit/cfg/cfg_man_test.sh
TESTS += tests/unit/cfg/cfg_man_test.sh
if HAVE_CMOCKA
cfg_unit_tests = \
  tests/unit/cfg/cfg_examples_test \
  tests/unit/cfg/cfg_keys_test \
  tests/unit/cfg/cfg_lint_test \
  tests/unit/cfg/cfg_lint_pair_test \
  tests/unit/cfg/cfg_parse_test \
  tests/unit/cfg/cfg_write_test \
  tests/unit/cfg/profiles_test
check_PROGRAMS += $(cfg_unit_tests)
TESTS += $(cfg_unit_tests)

tests_unit_cfg_cfg_examples_test_SOURCES = tests/unit/cfg/cfg_examples_test.c
tests_unit_cfg_cfg_examples_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_cfg_examples_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_cfg_cfg_keys_test_SOURCES = tests/unit/cfg/cfg_keys_test.c
tests_unit_cfg_cfg_keys_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_cfg_keys_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_cfg_cfg_lint_test_SOURCES = tests/unit/cfg/cfg_lint_test.c
tests_unit_cfg_cfg_lint_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_cfg_lint_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_cfg_cfg_lint_pair_test_SOURCES = tests/unit/cfg/cfg_lint_pair_test.c
tests_unit_cfg_cfg_lint_pair_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_cfg_lint_pair_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_cfg_cfg_parse_test_SOURCES = tests/unit/cfg/cfg_parse_test.c
tests_unit_cfg_cfg_parse_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_cfg_parse_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_cfg_cfg_write_test_SOURCES = tests/unit/cfg/cfg_write_test.c
tests_unit_cfg_cfg_write_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_cfg_write_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_cfg_profiles_test_SOURCES = tests/unit/cfg/profiles_test.c
tests_unit_cfg_profiles_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_cfg_profiles_test_LDADD = $(LIB_CFG) $(LIB_BASE) $(CMOCKA_LIBS)
endif
