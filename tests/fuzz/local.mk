# SPDX-License-Identifier: Apache-2.0
# Fuzz targets: libFuzzer programs with --enable-fuzz; otherwise tests that run their corpus and small mutations of it.
# To add one: its name in fuzz_programs, its four lines, and a folder with seeds below tests/fuzz/corpus.
fuzz_programs =
fuzz_programs += tests/fuzz/fuzz_cfg

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
EXTRA_DIST += tests/fuzz/standalone_main.c tests/fuzz/corpus

tests_fuzz_fuzz_cfg_SOURCES = tests/fuzz/fuzz_cfg.c $(fuzz_main)
tests_fuzz_fuzz_cfg_CPPFLAGS = $(AM_CPPFLAGS)
tests_fuzz_fuzz_cfg_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_cfg_LDADD = $(LIB_CFG) $(LIB_BASE)
