# SPDX-License-Identifier: Apache-2.0
# To add a test: its name in net_unit_tests and its three lines.
if HAVE_CMOCKA
net_unit_tests = \
  tests/unit/net/answers_test \
  tests/unit/net/carest_test \
  tests/unit/net/firstcontact_test \
  tests/unit/net/https_test \
  tests/unit/net/ocsp_test \
  tests/unit/net/tinyproxy_test \
  tests/unit/net/tls_errors_test \
  tests/unit/net/url_test
check_PROGRAMS += $(net_unit_tests)
TESTS += $(net_unit_tests)

# Servers and certificates made while a test runs; for every folder's tests.
check_LIBRARIES += tests/harness/libtestserver.a
tests_harness_libtestserver_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(GNUTLS_CFLAGS)
tests_harness_libtestserver_a_SOURCES = \
  tests/harness/testcert.c tests/harness/testcert.h \
  tests/harness/testserver.c tests/harness/testserver.h

NET_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(NSS_CFLAGS) $(CURL_CFLAGS) $(GNUTLS_CFLAGS) $(CMOCKA_CFLAGS)
NET_TEST_LDADD = tests/harness/libtestserver.a $(LIB_NET) $(LIB_NSS) $(LIB_BASE) \
  $(NSS_LIBS) $(CURL_LIBS) $(GNUTLS_LIBS) $(CMOCKA_LIBS) -lpthread

tests_unit_net_https_test_SOURCES = tests/unit/net/https_test.c tests/unit/net/netfix.h
tests_unit_net_https_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_https_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_answers_test_SOURCES = tests/unit/net/answers_test.c tests/unit/net/netfix.h
tests_unit_net_answers_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_answers_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_tls_errors_test_SOURCES = tests/unit/net/tls_errors_test.c tests/unit/net/netfix.h
tests_unit_net_tls_errors_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_tls_errors_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_carest_test_SOURCES = tests/unit/net/carest_test.c tests/unit/net/netfix.h
tests_unit_net_carest_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_carest_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_firstcontact_test_SOURCES = tests/unit/net/firstcontact_test.c tests/unit/net/netfix.h
tests_unit_net_firstcontact_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_firstcontact_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_url_test_SOURCES = tests/unit/net/url_test.c tests/unit/net/netfix.h
tests_unit_net_url_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_url_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_ocsp_test_SOURCES = tests/unit/net/ocsp_test.c tests/unit/net/netfix.h
tests_unit_net_ocsp_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_ocsp_test_LDADD = $(NET_TEST_LDADD)
tests_unit_net_tinyproxy_test_SOURCES = tests/unit/net/tinyproxy_test.c tests/unit/net/netfix.h
tests_unit_net_tinyproxy_test_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_unit_net_tinyproxy_test_LDADD = $(NET_TEST_LDADD)
endif
