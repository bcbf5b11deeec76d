# SPDX-License-Identifier: Apache-2.0
# Fuzz targets: libFuzzer programs with --enable-fuzz; otherwise tests that run their corpus and small mutations of it.
# fuzz.h has what they share; with_nss.c opens NSS for those that need it. To add one: its name in fuzz_programs, its four lines, and a folder with seeds below tests/fuzz/corpus.
fuzz_programs =
fuzz_programs += tests/fuzz/fuzz_answers
fuzz_programs += tests/fuzz/fuzz_cfg
fuzz_programs += tests/fuzz/fuzz_cmc_request
fuzz_programs += tests/fuzz/fuzz_cmc_response
fuzz_programs += tests/fuzz/fuzz_http_answer
fuzz_programs += tests/fuzz/fuzz_json
fuzz_programs += tests/fuzz/fuzz_package
fuzz_programs += tests/fuzz/fuzz_pkcs10_crmf

if ENABLE_FUZZ
noinst_PROGRAMS += $(fuzz_programs)
fuzz_main =
fuzz_link = -fsanitize=fuzzer
else
check_PROGRAMS += $(fuzz_programs)
TESTS += $(fuzz_programs)
fuzz_main = tests/fuzz/standalone_main.c
fuzz_link =
endif
EXTRA_DIST += tests/fuzz/fuzz.h tests/fuzz/standalone_main.c tests/fuzz/corpus

tests_fuzz_fuzz_answers_SOURCES = tests/fuzz/fuzz_answers.c $(fuzz_main)
tests_fuzz_fuzz_answers_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_answers_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_answers_LDADD = $(LIB_FLOW) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)

tests_fuzz_fuzz_cfg_SOURCES = tests/fuzz/fuzz_cfg.c $(fuzz_main)
tests_fuzz_fuzz_cfg_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_cfg_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_cfg_LDADD = $(LIB_CFG) $(LIB_BASE)

tests_fuzz_fuzz_cmc_request_SOURCES = tests/fuzz/fuzz_cmc_request.c tests/fuzz/with_nss.c $(fuzz_main)
tests_fuzz_fuzz_cmc_request_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_cmc_request_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_cmc_request_LDADD = $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)

tests_fuzz_fuzz_cmc_response_SOURCES = tests/fuzz/fuzz_cmc_response.c tests/fuzz/with_nss.c $(fuzz_main)
tests_fuzz_fuzz_cmc_response_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_cmc_response_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_cmc_response_LDADD = $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)

tests_fuzz_fuzz_http_answer_SOURCES = tests/fuzz/fuzz_http_answer.c $(fuzz_main)
tests_fuzz_fuzz_http_answer_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_http_answer_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_http_answer_LDADD = $(LIB_NET) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CURL_LIBS)

tests_fuzz_fuzz_package_SOURCES = tests/fuzz/fuzz_package.c tests/fuzz/with_nss.c $(fuzz_main)
tests_fuzz_fuzz_package_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_package_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_package_LDADD = $(LIB_FLOW) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)

tests_fuzz_fuzz_pkcs10_crmf_SOURCES = tests/fuzz/fuzz_pkcs10_crmf.c tests/fuzz/with_nss.c $(fuzz_main)
tests_fuzz_fuzz_pkcs10_crmf_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_pkcs10_crmf_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_pkcs10_crmf_LDADD = $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_main)
tests_fuzz_fuzz_json_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_json_LDADD = $(LIB_FLOW) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)
