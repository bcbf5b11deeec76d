# SPDX-License-Identifier: Apache-2.0
# Every recorded request against the practice CA; the counts are in its log.
check_PROGRAMS += tests/interop/replay/replay
dist_check_SCRIPTS += tests/interop/replay/replay_test.sh
TESTS += tests/interop/replay/replay_test.sh
tests_interop_replay_replay_CPPFLAGS = $(PRACTICE_CPPFLAGS) -I$(top_srcdir)/tests
tests_interop_replay_replay_SOURCES = tests/interop/replay/exceptions.c tests/interop/replay/judge.c \
  tests/interop/replay/recording.c tests/interop/replay/replay.c tests/interop/replay/replay.h
tests_interop_replay_replay_LDADD = $(PRACTICE_LIBS)
