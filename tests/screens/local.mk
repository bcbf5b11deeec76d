# SPDX-License-Identifier: Apache-2.0
# Screen tests: programs in a pty with an emulated terminal (tests/harness/term.h). To add one: a row in check_PROGRAMS.
if HAVE_VTERM
check_LIBRARIES += tests/harness/libterm.a
tests_harness_libterm_a_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_harness_libterm_a_SOURCES = tests/harness/term.c tests/harness/term.h
endif
