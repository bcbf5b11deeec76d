# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/cmc/libcmc.a
src_cmc_libcmc_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS)
src_cmc_libcmc_a_SOURCES =
