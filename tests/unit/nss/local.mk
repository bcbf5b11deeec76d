# SPDX-License-Identifier: Apache-2.0
# To add a test: its three lines and its name in nss_unit_tests.
EXTRA_DIST += tests/unit/nss/nss_fixture.h tests/unit/nss/mint.h
if HAVE_CMOCKA
NSS_UNIT_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -I$(top_srcdir)/tests/unit $(NSS_CFLAGS) $(CMOCKA_CFLAGS)
NSS_UNIT_LDADD = $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CMOCKA_LIBS)
nss_unit_tests = \
  tests/unit/nss/cert_test \
  tests/unit/nss/certdb_test \
  tests/unit/nss/chain_test \
  tests/unit/nss/crypt_test \
  tests/unit/nss/csr_test \
  tests/unit/nss/der_test \
  tests/unit/nss/dn_test \
  tests/unit/nss/hash_test \
  tests/unit/nss/issue_test \
  tests/unit/nss/key_test \
  tests/unit/nss/nssdb_test \
  tests/unit/nss/pem_test \
  tests/unit/nss/softhsm_test
check_PROGRAMS += $(nss_unit_tests)
TESTS += $(nss_unit_tests)

tests_unit_nss_cert_test_SOURCES = tests/unit/nss/cert_test.c
tests_unit_nss_cert_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_cert_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_certdb_test_SOURCES = tests/unit/nss/certdb_test.c
tests_unit_nss_certdb_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_certdb_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_chain_test_SOURCES = tests/unit/nss/chain_test.c
tests_unit_nss_chain_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_chain_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_crypt_test_SOURCES = tests/unit/nss/crypt_test.c
tests_unit_nss_crypt_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_crypt_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_csr_test_SOURCES = tests/unit/nss/csr_test.c
tests_unit_nss_csr_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_csr_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_der_test_SOURCES = tests/unit/nss/der_test.c
tests_unit_nss_der_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_der_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_dn_test_SOURCES = tests/unit/nss/dn_test.c
tests_unit_nss_dn_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_dn_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_hash_test_SOURCES = tests/unit/nss/hash_test.c
tests_unit_nss_hash_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_hash_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_issue_test_SOURCES = tests/unit/nss/issue_test.c
tests_unit_nss_issue_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_issue_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_key_test_SOURCES = tests/unit/nss/key_test.c
tests_unit_nss_key_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_key_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_nssdb_test_SOURCES = tests/unit/nss/nssdb_test.c
tests_unit_nss_nssdb_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_nssdb_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_pem_test_SOURCES = tests/unit/nss/pem_test.c
tests_unit_nss_pem_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_pem_test_LDADD = $(NSS_UNIT_LDADD)
tests_unit_nss_softhsm_test_SOURCES = tests/unit/nss/softhsm_test.c tests/harness/softhsm.h
tests_unit_nss_softhsm_test_CPPFLAGS = $(NSS_UNIT_CPPFLAGS)
tests_unit_nss_softhsm_test_LDADD = $(NSS_UNIT_LDADD)
endif
