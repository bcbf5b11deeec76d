# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/cmc/libcmc.a
src_cmc_libcmc_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
src_cmc_libcmc_a_SOURCES = src/cmc/control.h src/cmc/control_cert.h src/cmc/control_plain.h src/cmc/control_pop.h \
  src/cmc/control_proof.h src/cmc/crmf.h src/cmc/oids.h src/cmc/pkidata.h src/cmc/request.h src/cmc/response.h \
  src/cmc/response_build.h src/cmc/show.h src/cmc/signeddata.h src/cmc/status.h src/cmc/trust.h
