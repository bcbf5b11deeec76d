# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/nss/libnssx.a
src_nss_libnssx_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
src_nss_libnssx_a_SOURCES = \
  src/nss/base64.c \
  src/nss/ber.c \
  src/nss/cert.c \
  src/nss/cert.h \
  src/nss/cert_list.c \
  src/nss/cert_text.c \
  src/nss/certdb.c \
  src/nss/certdb.h \
  src/nss/certdb_import.c \
  src/nss/chain.c \
  src/nss/chain.h \
  src/nss/crl.c \
  src/nss/crl.h \
  src/nss/crypt.c \
  src/nss/crypt.h \
  src/nss/crypt_private.h \
  src/nss/crypt_wrap.c \
  src/nss/csr.c \
  src/nss/csr.h \
  src/nss/csr_build.c \
  src/nss/der.c \
  src/nss/der.h \
  src/nss/dn.c \
  src/nss/dn.h \
  src/nss/dn_parse.c \
  src/nss/dn_types.c \
  src/nss/hash.c \
  src/nss/hash.h \
  src/nss/issue.c src/nss/issue.h \
  src/nss/key.c \
  src/nss/key.h \
  src/nss/key_id.c \
  src/nss/keyfind.c \
  src/nss/keygen.c \
  src/nss/module.c \
  src/nss/native.h \
  src/nss/nickname.c \
  src/nss/nssdb.c \
  src/nss/nssdb.h \
  src/nss/nssdb_private.h \
  src/nss/nsserr.c \
  src/nss/nsserr.h \
  src/nss/p12.c \
  src/nss/pem.c \
  src/nss/pem.h \
  src/nss/pkcs7.c \
  src/nss/san.c \
  src/nss/sign.c \
  src/nss/sign.h \
  src/nss/spki.c \
  src/nss/token.c \
  src/nss/trust.c
