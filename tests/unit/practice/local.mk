# SPDX-License-Identifier: Apache-2.0
# To add a test: its name in practice_unit_tests and its three lines.
if HAVE_CMOCKA
practice_unit_tests = tests/unit/practice/directory_test tests/unit/practice/enroll_test tests/unit/practice/pages_test \
  tests/unit/practice/profile_test tests/unit/practice/server_test tests/unit/practice/store_test
check_PROGRAMS += $(practice_unit_tests)
TESTS += $(practice_unit_tests)
PRACTICE_TEST_CPPFLAGS = $(PRACTICE_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
PRACTICE_TEST_LIBS = $(PRACTICE_LIBS) $(CMOCKA_LIBS)
practice_fixture = tests/unit/practice/fixture.c tests/unit/practice/fixture.h

tests_unit_practice_enroll_test_SOURCES = tests/unit/practice/enroll_test.c $(practice_fixture)
tests_unit_practice_enroll_test_CPPFLAGS = $(PRACTICE_TEST_CPPFLAGS)
tests_unit_practice_enroll_test_LDADD = $(PRACTICE_TEST_LIBS)

tests_unit_practice_profile_test_SOURCES = tests/unit/practice/profile_test.c $(practice_fixture)
tests_unit_practice_profile_test_CPPFLAGS = $(PRACTICE_TEST_CPPFLAGS)
tests_unit_practice_profile_test_LDADD = $(PRACTICE_TEST_LIBS)

tests_unit_practice_store_test_SOURCES = tests/unit/practice/store_test.c
tests_unit_practice_store_test_CPPFLAGS = $(PRACTICE_TEST_CPPFLAGS)
tests_unit_practice_store_test_LDADD = $(PRACTICE_TEST_LIBS)

tests_unit_practice_pages_test_SOURCES = tests/unit/practice/pages_test.c $(practice_fixture)
tests_unit_practice_pages_test_CPPFLAGS = $(PRACTICE_TEST_CPPFLAGS)
tests_unit_practice_pages_test_LDADD = $(PRACTICE_TEST_LIBS)

tests_unit_practice_server_test_SOURCES = tests/unit/practice/server_test.c
tests_unit_practice_server_test_CPPFLAGS = $(PRACTICE_TEST_CPPFLAGS)
tests_unit_practice_server_test_LDADD = $(LIB_NET) $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CURL_LIBS) $(CMOCKA_LIBS) \
  -lpthread

tests_unit_practice_directory_test_SOURCES = tests/unit/practice/directory_test.c $(practice_fixture)
tests_unit_practice_directory_test_CPPFLAGS = $(PRACTICE_TEST_CPPFLAGS)
tests_unit_practice_directory_test_LDADD = tests/harness/libtestslapd.a tests/harness/libtestserver.a $(PRACTICE_TEST_LIBS) \
  -lpthread
endif
