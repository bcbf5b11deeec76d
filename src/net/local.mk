# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/net/libnet.a
src_net_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS) $(CURL_CFLAGS)
src_net_libnet_a_SOURCES = \
  src/net/transport.h src/net/submit.h src/net/carest.h src/net/firstcontact.h
