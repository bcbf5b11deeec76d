# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/cfg/libcfg.a
src_cfg_libcfg_a_CPPFLAGS = $(AM_CPPFLAGS) 
src_cfg_libcfg_a_SOURCES =
