# SPDX-License-Identifier: Apache-2.0
# The profiles of the practice CA. To add one: the file, a line here, and what is new in it in data/profiles/README.
profiledir = $(pkgdatadir)/profiles
dist_profile_DATA = \
  data/profiles/caCMCECUserCert.cfg \
  data/profiles/caCMCECserverCert.cfg \
  data/profiles/caCMCECserverCertWithCRLDP.cfg \
  data/profiles/caCMCECsubsystemCert.cfg \
  data/profiles/caCMCUserCert.cfg \
  data/profiles/caCMCauditSigningCert.cfg \
  data/profiles/caCMCcaCert.cfg \
  data/profiles/caCMCcaIssuanceProtectionCert.cfg \
  data/profiles/caCMCkraStorageCert.cfg \
  data/profiles/caCMCkraTransportCert.cfg \
  data/profiles/caCMCocspCert.cfg \
  data/profiles/caCMCserverCert.cfg \
  data/profiles/caCMCserverCertWithCRLDP.cfg \
  data/profiles/caCMCsubsystemCert.cfg \
  data/profiles/caECFullCMCSharedTokenCert.cfg \
  data/profiles/caECFullCMCUserCert.cfg \
  data/profiles/caECFullCMCUserSignedCert.cfg \
  data/profiles/caECSimpleCMCUserCert.cfg \
  data/profiles/caFullCMCSharedTokenCert.cfg \
  data/profiles/caFullCMCUserCert.cfg \
  data/profiles/caFullCMCUserEncCert.cfg \
  data/profiles/caFullCMCUserSignedCert.cfg \
  data/profiles/caSimpleCMCUserCert.cfg
EXTRA_DIST += data/profiles/README
# Example cfg files; tests/unit/cfg/cfg_examples_test keeps them right.
cfgexampledir = $(pkgdatadir)/examples
dist_cfgexample_DATA = \
  data/examples/agent-request.cfg \
  data/examples/agent-submit.cfg \
  data/examples/server-request.cfg \
  data/examples/server-submit.cfg
