# SPDX-License-Identifier: Apache-2.0
# To add a test: its name in dir_unit_tests and its three lines.
if HAVE_CMOCKA
dir_unit_tests = \
  tests/unit/dir/record_test \
  tests/unit/dir/slapd_test
check_PROGRAMS += $(dir_unit_tests)
TESTS += $(dir_unit_tests)

check_LIBRARIES += tests/harness/libtestslapd.a
tests_harness_libtestslapd_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(GNUTLS_CFLAGS)
tests_harness_libtestslapd_a_SOURCES = tests/harness/testslapd.c tests/harness/testslapd.h

DIR_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(NSS_CFLAGS) $(LDAP_CFLAGS) $(GNUTLS_CFLAGS) $(CMOCKA_CFLAGS)
DIR_TEST_LDADD = tests/harness/libtestslapd.a tests/harness/libtestserver.a $(LIB_DIR) $(LIB_NSS) $(LIB_BASE) \
  $(NSS_LIBS) $(LDAP_LIBS) -llber $(GNUTLS_LIBS) $(CMOCKA_LIBS) -lpthread

tests_unit_dir_record_test_SOURCES = tests/unit/dir/record_test.c
tests_unit_dir_record_test_CPPFLAGS = $(DIR_TEST_CPPFLAGS)
tests_unit_dir_record_test_LDADD = $(DIR_TEST_LDADD)
tests_unit_dir_slapd_test_SOURCES = tests/unit/dir/slapd_test.c
tests_unit_dir_slapd_test_CPPFLAGS = $(DIR_TEST_CPPFLAGS)
tests_unit_dir_slapd_test_LDADD = $(LIB_FLOW) $(LIB_CFG) $(DIR_TEST_LDADD)

# The same directory for shell tests.
check_PROGRAMS += tests/harness/testslapd
tests_harness_testslapd_SOURCES = tests/harness/slapd_main.c
tests_harness_testslapd_CPPFLAGS = $(DIR_TEST_CPPFLAGS)
tests_harness_testslapd_LDADD = $(DIR_TEST_LDADD)
endif
