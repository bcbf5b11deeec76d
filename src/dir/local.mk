# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/dir/libdir.a
src_dir_libdir_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS) $(LDAP_CFLAGS)
src_dir_libdir_a_SOURCES = \
  src/dir/directory.c src/dir/directory.h \
  src/dir/internal.h \
  src/dir/record.c src/dir/record.h \
  src/dir/sharedtoken_store.c src/dir/sharedtoken_store.h \
  src/dir/memory.c \
  src/dir/stop.c \
  src/dir/trust_file.c
