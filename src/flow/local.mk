# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/flow/libflow.a
src_flow_libflow_a_CPPFLAGS = $(AM_CPPFLAGS) 
src_flow_libflow_a_SOURCES =
