# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/cmc/libcmc.a
src_cmc_libcmc_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
src_cmc_libcmc_a_SOURCES = src/cmc/archive.c src/cmc/asn1.c src/cmc/asn1.h src/cmc/control.c src/cmc/control.h \
  src/cmc/control_cert.c src/cmc/control_cert.h src/cmc/control_plain.c src/cmc/control_plain.h src/cmc/control_pop.c \
  src/cmc/control_pop.h src/cmc/control_proof.c src/cmc/control_proof.h src/cmc/control_show.c src/cmc/control_show.h \
  src/cmc/crmf.c src/cmc/crmf.h src/cmc/explain.c src/cmc/oids.c src/cmc/oids.h src/cmc/pkidata.c src/cmc/pkidata.h \
  src/cmc/poplink.c src/cmc/poplink.h src/cmc/request.c src/cmc/request.h src/cmc/response.c src/cmc/response.h \
  src/cmc/response_build.c src/cmc/response_build.h src/cmc/show.c src/cmc/show.h src/cmc/show_parts.c \
  src/cmc/show_parts.h src/cmc/sharedtoken.c src/cmc/sharedtoken.h src/cmc/signeddata.c src/cmc/signeddata.h src/cmc/status.c src/cmc/status.h src/cmc/trust.c \
  src/cmc/trust.h
