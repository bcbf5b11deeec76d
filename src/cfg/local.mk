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
