# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/nss/libnssx.a
src_nss_libnssx_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
src_nss_libnssx_a_SOURCES =
