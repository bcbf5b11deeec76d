# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/practice/libpractice.a
PRACTICE_CPPFLAGS = $(AM_CPPFLAGS) $(MHD_CFLAGS) $(GNUTLS_CFLAGS) $(SQLITE_CFLAGS) \
  -DPRACTICE_BUILD_DIR='"$(abs_top_builddir)"' -DPRACTICE_SOURCE_DIR='"$(abs_top_srcdir)"'
PRACTICE_LIBS = src/practice/libpractice.a $(LIB_CMC) $(LIB_DIR) $(LIB_NSS) $(LIB_CFG) $(LIB_BASE) $(NSS_LIBS) $(NSPR_LIBS) \
  $(LDAP_LIBS) -llber $(MHD_LIBS) $(GNUTLS_LIBS) $(SQLITE_LIBS)
src_practice_libpractice_a_CPPFLAGS = $(PRACTICE_CPPFLAGS)
src_practice_libpractice_a_SOURCES = \
  src/practice/adopt.c src/practice/adopt.h \
  src/practice/audit.c src/practice/audit.h \
  src/practice/auth.c src/practice/auth.h \
  src/practice/ca.c src/practice/ca.h src/practice/ca_private.h \
  src/practice/cmc_run.c src/practice/cmc_run.h \
  src/practice/csconf.c src/practice/csconf.h \
  src/practice/desk.c \
  src/practice/est.c src/practice/est.h src/practice/est_users.c src/practice/est_users.h \
  src/practice/fault.c src/practice/fault.h \
  src/practice/http.c src/practice/http.h \
  src/practice/identity.c \
  src/practice/init.c \
  src/practice/kra.c src/practice/kra.h \
  src/practice/message.c src/practice/message.h \
  src/practice/pages.c src/practice/pages.h \
  src/practice/policy.h src/practice/policy_check.c src/practice/policy_fill.c \
  src/practice/pop.c \
  src/practice/profile.c src/practice/profile.h \
  src/practice/respond.c src/practice/respond.h \
  src/practice/rest.c src/practice/rest.h src/practice/rest_agent.c \
  src/practice/revoke.c \
  src/practice/routes.c src/practice/routes.h \
  src/practice/store.c src/practice/store.h src/practice/store_cert.c src/practice/store_sql.h \
  src/practice/tls.c src/practice/tls.h \
  src/practice/users.c src/practice/users.h

bin_PROGRAMS += cmc-practice-ca
cmc_practice_ca_CPPFLAGS = $(PRACTICE_CPPFLAGS)
cmc_practice_ca_SOURCES = src/practice/main.c
cmc_practice_ca_LDADD = $(PRACTICE_LIBS)
