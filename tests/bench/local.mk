# SPDX-License-Identifier: Apache-2.0
# Speed and memory, printed as ratios, never asserted: make bench.
bench_tools = tests/bench/bench_requests tests/bench/bench_run tests/bench/bench_sign
EXTRA_PROGRAMS += $(bench_tools)
CLEANFILES += $(bench_tools)
tests_bench_bench_requests_SOURCES = tests/bench/bench_requests.c
tests_bench_bench_requests_LDADD = $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)
tests_bench_bench_run_SOURCES = tests/bench/bench_run.c
tests_bench_bench_run_LDADD =
tests_bench_bench_sign_SOURCES = tests/bench/bench_sign.c
tests_bench_bench_sign_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
tests_bench_bench_sign_LDADD = $(NSS_LIBS) $(NSPR_LIBS)
EXTRA_DIST += tests/bench/bench.py tests/bench/bench_dogtag.py
bench: all $(bench_tools)
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' python3 $(srcdir)/tests/bench/bench.py
	python3 $(srcdir)/tests/bench/bench_dogtag.py $(builddir) $(srcdir)/tests/vectors/tools
.PHONY: bench
