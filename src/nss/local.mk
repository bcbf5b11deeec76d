# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/nss/libnssx.a
src_nss_libnssx_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
src_nss_libnssx_a_SOURCES = \
  src/nss/ber.c src/nss/der.c src/nss/hash.c src/nss/nsserr.c \
  src/nss/cert.h src/nss/certdb.h src/nss/chain.h src/nss/crl.h src/nss/crypt.h src/nss/csr.h src/nss/der.h \
  src/nss/dn.h src/nss/hash.h src/nss/key.h src/nss/native.h src/nss/nssdb.h src/nss/nsserr.h src/nss/pem.h \
  src/nss/sign.h
