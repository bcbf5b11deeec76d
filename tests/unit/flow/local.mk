# SPDX-License-Identifier: Apache-2.0
# To add a test: its three lines and its name in flow_unit_tests.
if HAVE_CMOCKA
flow_unit_tests = \
  tests/unit/flow/admin_test \
  tests/unit/flow/recorded_cfg_test
check_PROGRAMS += $(flow_unit_tests)
TESTS += $(flow_unit_tests)
FLOW_TEST_LIBS = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NET) $(LIB_NSS) $(LIB_BASE) $(CMOCKA_LIBS) $(NSS_LIBS) $(CURL_LIBS) -lpthread

tests_unit_flow_admin_test_SOURCES = tests/unit/flow/admin_test.c
tests_unit_flow_admin_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_flow_admin_test_LDADD = $(FLOW_TEST_LIBS)
tests_unit_flow_recorded_cfg_test_SOURCES = tests/unit/flow/recorded_cfg_test.c
tests_unit_flow_recorded_cfg_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_flow_recorded_cfg_test_LDADD = $(FLOW_TEST_LIBS)
endif
