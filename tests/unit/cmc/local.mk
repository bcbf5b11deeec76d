# SPDX-License-Identifier: Apache-2.0
# To add a test: its name in cmc_unit_tests and its three lines.
if HAVE_CMOCKA
cmc_unit_tests = \
  tests/unit/cmc/control_test \
  tests/unit/cmc/crmf_test \
  tests/unit/cmc/errors_test \
  tests/unit/cmc/proof_test \
  tests/unit/cmc/recorded_proof_test \
  tests/unit/cmc/request_test \
  tests/unit/cmc/request_recorded_test \
  tests/unit/cmc/shared_token_test \
  tests/unit/cmc/show_test \
  tests/unit/cmc/status_test \
  tests/unit/cmc/trust_test \
  tests/unit/cmc/vectors_test
check_PROGRAMS += $(cmc_unit_tests)
TESTS += $(cmc_unit_tests)
CMC_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -I$(top_srcdir)/tests/unit/cmc $(CMOCKA_CFLAGS)
CMC_TEST_LIBS = $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CMOCKA_LIBS)
cmc_fixture = tests/unit/cmc/fixture.c tests/unit/cmc/fixture.h

tests_unit_cmc_control_test_SOURCES = tests/unit/cmc/control_test.c
tests_unit_cmc_control_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_control_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_crmf_test_SOURCES = tests/unit/cmc/crmf_test.c $(cmc_fixture)
tests_unit_cmc_crmf_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_crmf_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_errors_test_SOURCES = tests/unit/cmc/errors_test.c $(cmc_fixture)
tests_unit_cmc_errors_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_errors_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_proof_test_SOURCES = tests/unit/cmc/proof_test.c $(cmc_fixture)
tests_unit_cmc_proof_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_proof_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_recorded_proof_test_SOURCES = tests/unit/cmc/recorded_proof_test.c $(cmc_fixture)
tests_unit_cmc_recorded_proof_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_recorded_proof_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_request_test_SOURCES = tests/unit/cmc/request_test.c $(cmc_fixture)
tests_unit_cmc_request_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_request_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_request_recorded_test_SOURCES = tests/unit/cmc/request_recorded_test.c $(cmc_fixture)
tests_unit_cmc_request_recorded_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_request_recorded_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_shared_token_test_SOURCES = tests/unit/cmc/shared_token_test.c $(cmc_fixture)
tests_unit_cmc_shared_token_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_shared_token_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_show_test_SOURCES = tests/unit/cmc/show_test.c $(cmc_fixture)
tests_unit_cmc_show_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_show_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_status_test_SOURCES = tests/unit/cmc/status_test.c
tests_unit_cmc_status_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_status_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_trust_test_SOURCES = tests/unit/cmc/trust_test.c $(cmc_fixture)
tests_unit_cmc_trust_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_trust_test_LDADD = $(CMC_TEST_LIBS)

tests_unit_cmc_vectors_test_SOURCES = tests/unit/cmc/vectors_test.c $(cmc_fixture)
tests_unit_cmc_vectors_test_CPPFLAGS = $(CMC_TEST_CPPFLAGS)
tests_unit_cmc_vectors_test_LDADD = $(CMC_TEST_LIBS)
endif
