# SPDX-License-Identifier: Apache-2.0
# Kills, failing writes and a failing network at every point of an enrollment. To add a scenario: a row in SCENARIOS of
# interruptions.py; to add a way to interrupt: a word in cut.c and in HOWS.
check_PROGRAMS += tests/interrupt/cut.so
tests_interrupt_cut_so_SOURCES = tests/interrupt/cut.c
tests_interrupt_cut_so_CFLAGS = $(AM_CFLAGS) -fPIC
tests_interrupt_cut_so_LDFLAGS = $(AM_LDFLAGS) -shared
tests_interrupt_cut_so_LDADD = -ldl -lpthread
dist_check_SCRIPTS += tests/interrupt/interruptions_test.sh
TESTS += tests/interrupt/interruptions_test.sh
EXTRA_DIST += tests/interrupt/interruptions.py tests/interrupt/proxy.py
