# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/net/libnet.a
src_net_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(NSS_CFLAGS) $(CURL_CFLAGS)
src_net_libnet_a_SOURCES = \
  src/net/answer.c \
  src/net/curlerr.c src/net/curlerr.h \
  src/net/kra.c src/net/kra.h src/net/http.c src/net/http_conn.c src/net/http_conn.h \
  src/net/internal.h \
  src/net/ocsp.c src/net/ocsp.h \
  src/net/replay.c \
  src/net/submit.c src/net/submit.h \
  src/net/tls.c src/net/tls.h src/net/tls_verify.c \
  src/net/transport.c src/net/transport.h \
  src/net/tunnel.c src/net/tunnel.h \
  src/net/url.c \
  src/net/carest.c src/net/carest.h src/net/carest_json.c src/net/carest_json.h src/net/casearch.c \
  src/net/firstcontact.c src/net/firstcontact.h
