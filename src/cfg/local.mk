# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/cfg/libcfg.a
src_cfg_libcfg_a_SOURCES = \
  src/cfg/cfg.c src/cfg/cfg.h src/cfg/cfg_internal.h \
  src/cfg/cfg_keys.c src/cfg/cfg_keys.h src/cfg/cfg_keys.def \
  src/cfg/cfg_parse.c \
  src/cfg/cfg_write.c \
  src/cfg/cfg_lint.c src/cfg/cfg_lint.h src/cfg/cfg_lint.def src/cfg/cfg_lint_internal.h \
  src/cfg/cfg_lint_lines.c \
  src/cfg/cfg_lint_values.c \
  src/cfg/cfg_lint_keys.c \
  src/cfg/cfg_lint_files.c \
  src/cfg/cfg_lint_server.c \
  src/cfg/cfg_lint_pair.c \
  src/cfg/cfg_sniff.c \
  src/cfg/profiles.c src/cfg/profiles.h

# The manual page of the keys comes from the tables; it is committed, and tests/unit/cfg/cfg_man_test compares.
check_PROGRAMS += src/cfg/cfg_man
src_cfg_cfg_man_SOURCES = src/cfg/cfg_man.c
src_cfg_cfg_man_CPPFLAGS = $(AM_CPPFLAGS)
src_cfg_cfg_man_LDADD = $(LIB_CFG) $(LIB_BASE)
dist_man_MANS += data/man/cmc-request.cfg.5
update-man-cfg: src/cfg/cfg_man
	$(AM_V_GEN)src/cfg/cfg_man >cfg_man.new && mv cfg_man.new $(top_srcdir)/data/man/cmc-request.cfg.5
update-man: update-man-cfg
.PHONY: update-man update-man-cfg
