# SPDX-License-Identifier: Apache-2.0
# To add a test: its three lines and its name in base_unit_tests.
EXTRA_DIST += tests/unit/unit.h
if HAVE_CMOCKA
base_unit_tests = \
  tests/unit/base/bytes_test \
  tests/unit/base/err_test \
  tests/unit/base/file_test \
  tests/unit/base/i18n_test \
  tests/unit/base/json_test \
  tests/unit/base/mem_test \
  tests/unit/base/opt_test \
  tests/unit/base/passphrase_test \
  tests/unit/base/path_test \
  tests/unit/base/secret_test \
  tests/unit/base/stop_test \
  tests/unit/base/strv_test \
  tests/unit/base/text_test \
  tests/unit/base/utf8_test \
  tests/unit/base/when_test
check_PROGRAMS += $(base_unit_tests)
TESTS += $(base_unit_tests)

tests_unit_base_bytes_test_SOURCES = tests/unit/base/bytes_test.c
tests_unit_base_bytes_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_bytes_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_err_test_SOURCES = tests/unit/base/err_test.c
tests_unit_base_err_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_err_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_file_test_SOURCES = tests/unit/base/file_test.c
tests_unit_base_file_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_file_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_i18n_test_SOURCES = tests/unit/base/i18n_test.c
tests_unit_base_i18n_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_i18n_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_json_test_SOURCES = tests/unit/base/json_test.c
tests_unit_base_json_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_json_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_mem_test_SOURCES = tests/unit/base/mem_test.c
tests_unit_base_mem_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_mem_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_opt_test_SOURCES = tests/unit/base/opt_test.c
tests_unit_base_opt_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_opt_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_passphrase_test_SOURCES = tests/unit/base/passphrase_test.c
tests_unit_base_passphrase_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_passphrase_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_path_test_SOURCES = tests/unit/base/path_test.c
tests_unit_base_path_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_path_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_secret_test_SOURCES = tests/unit/base/secret_test.c
tests_unit_base_secret_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_secret_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_stop_test_SOURCES = tests/unit/base/stop_test.c
tests_unit_base_stop_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_stop_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_strv_test_SOURCES = tests/unit/base/strv_test.c
tests_unit_base_strv_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_strv_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_text_test_SOURCES = tests/unit/base/text_test.c
tests_unit_base_text_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_text_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_utf8_test_SOURCES = tests/unit/base/utf8_test.c
tests_unit_base_utf8_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_utf8_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
tests_unit_base_when_test_SOURCES = tests/unit/base/when_test.c
tests_unit_base_when_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
tests_unit_base_when_test_LDADD = $(LIB_BASE) $(CMOCKA_LIBS)
endif
