# SPDX-License-Identifier: Apache-2.0
# To add a test: its three lines and its name in flow_unit_tests.
if HAVE_CMOCKA
FLOW_UNIT_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -I$(top_srcdir)/tests/unit $(CMOCKA_CFLAGS)
FLOW_UNIT_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NET) $(LIB_DIR) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CURL_LIBS) \
  $(LDAP_LIBS) -llber $(CMOCKA_LIBS) -lpthread
flow_unit_tests = \
  tests/unit/flow/admin_test \
  tests/unit/flow/answers_test \
  tests/unit/flow/batch_test \
  tests/unit/flow/cadesc_test \
  tests/unit/flow/dirlook_test \
  tests/unit/flow/est_test \
  tests/unit/flow/failure_test \
  tests/unit/flow/package_test \
  tests/unit/flow/recorded_cfg_test \
  tests/unit/flow/run_test \
  tests/unit/flow/token_wait_test \
  tests/unit/flow/secrets_test \
  tests/unit/flow/serial_test \
  tests/unit/flow/session_test
check_PROGRAMS += $(flow_unit_tests)
TESTS += $(flow_unit_tests)

tests_unit_flow_admin_test_SOURCES = tests/unit/flow/admin_test.c
tests_unit_flow_admin_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_admin_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_answers_test_SOURCES = tests/unit/flow/answers_test.c
tests_unit_flow_answers_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_answers_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_batch_test_SOURCES = tests/unit/flow/batch_test.c tests/unit/flow/issuer.h
tests_unit_flow_batch_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_batch_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_cadesc_test_SOURCES = tests/unit/flow/cadesc_test.c
tests_unit_flow_cadesc_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_cadesc_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_dirlook_test_SOURCES = tests/unit/flow/dirlook_test.c
tests_unit_flow_dirlook_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS) $(LDAP_CFLAGS) $(GNUTLS_CFLAGS)
tests_unit_flow_dirlook_test_LDADD = tests/harness/libtestslapd.a tests/harness/libtestserver.a $(LIB_FLOW) $(LIB_CFG) $(LIB_DIR) \
  $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(LDAP_LIBS) -llber $(GNUTLS_LIBS) $(CMOCKA_LIBS) -lpthread
tests_unit_flow_est_test_SOURCES = tests/unit/flow/est_test.c tests/unit/flow/issuer.h
tests_unit_flow_est_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_est_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_failure_test_SOURCES = tests/unit/flow/failure_test.c
tests_unit_flow_failure_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_failure_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_package_test_SOURCES = tests/unit/flow/package_test.c
tests_unit_flow_package_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_package_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_recorded_cfg_test_SOURCES = tests/unit/flow/recorded_cfg_test.c
tests_unit_flow_recorded_cfg_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_recorded_cfg_test_LDADD = $(FLOW_UNIT_LDADD)
# A PKCS#11 module that waits for a touch.
check_PROGRAMS += tests/harness/slowp11.so
tests_harness_slowp11_so_SOURCES = tests/harness/slowp11.c
tests_harness_slowp11_so_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
tests_harness_slowp11_so_CFLAGS = $(AM_CFLAGS) -fPIC
# NSS unloads modules; this one remembers its wrong PINs.
tests_harness_slowp11_so_LDFLAGS = $(AM_LDFLAGS) -shared -Wl,-z,nodelete
tests_harness_slowp11_so_LDADD = -ldl
EXTRA_tests_unit_flow_token_wait_test_DEPENDENCIES = tests/harness/slowp11.so$(EXEEXT) cmc-practice-ca$(EXEEXT)
tests_unit_flow_token_wait_test_SOURCES = tests/unit/flow/token_wait_test.c tests/unit/flow/practiceca.h tests/harness/slowtoken.h
tests_unit_flow_token_wait_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_token_wait_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_run_test_SOURCES = tests/unit/flow/run_test.c tests/unit/flow/practiceca.h
tests_unit_flow_run_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_run_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_secrets_test_SOURCES = tests/unit/flow/secrets_test.c
tests_unit_flow_secrets_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_secrets_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_serial_test_SOURCES = tests/unit/flow/serial_test.c
tests_unit_flow_serial_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_serial_test_LDADD = $(FLOW_UNIT_LDADD)
tests_unit_flow_session_test_SOURCES = tests/unit/flow/session_test.c
tests_unit_flow_session_test_CPPFLAGS = $(FLOW_UNIT_CPPFLAGS)
tests_unit_flow_session_test_LDADD = $(FLOW_UNIT_LDADD)
EXTRA_tests_unit_flow_run_test_DEPENDENCIES = cmc-practice-ca$(EXEEXT)
endif
