# SPDX-License-Identifier: Apache-2.0
# cmc loads neither libcurl nor libldap; cmc-net is what it becomes for the network.
bin_PROGRAMS += cmc
pkglibexec_PROGRAMS = cmc-net
TOOL_COMMON = src/tools/tool.c src/tools/tool.h
cmc_SOURCES = $(TOOL_COMMON) src/tools/cmc.c src/tools/cmc_import.c src/tools/cmc_lint.c src/tools/cmc_pkcs10.c \
  src/tools/cmc_request.c src/tools/cmc_response.c src/tools/cmc_show.c
cmc_CPPFLAGS = $(AM_CPPFLAGS)
cmc_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) -lpthread
cmc_net_SOURCES = $(TOOL_COMMON) src/tools/cmc_net.c src/tools/cmc_ca.c src/tools/cmc_submit.c
cmc_net_CPPFLAGS = $(AM_CPPFLAGS)
cmc_net_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NET) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CURL_LIBS) -lpthread
