# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS)
src_base_libbase_a_SOURCES = \
  src/base/mem.c src/base/mem.h \
  src/base/bytes.c src/base/bytes.h \
  src/base/err.c src/base/err.h \
  src/base/err_base.def src/base/err_cfg.def src/base/err_nss.def src/base/err_cmc.def \
  src/base/err_net.def src/base/err_dir.def src/base/err_flow.def src/base/err_practice.def \
  src/base/err_ui.def \
  src/base/file.c src/base/file.h \
  src/base/i18n.c src/base/i18n.h \
  src/base/json.c src/base/json.h \
  src/base/opt.c src/base/opt.h \
  src/base/passphrase.c src/base/passphrase.h \
  src/base/path.c \
  src/base/readout.c \
  src/base/secret.c src/base/secret.h \
  src/base/stop.c src/base/stop.h \
  src/base/strv.c src/base/strv.h \
  src/base/text.c src/base/text.h \
  src/base/utf8.c src/base/utf8_ranges.h \
  src/base/when.c src/base/when.h
