# SPDX-License-Identifier: Apache-2.0
# Whole enrollments against a practice CA. To add a flow: a line in flows.csv; to add a script: its name here, tests by lib.sh
# (several cases) or tests/harness/practice.sh (one).
flow_tests = \
  tests/flow/wizard_flows.tap \
  tests/flow/cmc_flow.tap \
  tests/flow/chain_file.tap \
  tests/flow/batch.tap \
  tests/flow/batch_broken.tap \
  tests/flow/est.tap \
  tests/flow/est_wizard.tap \
  tests/flow/forms.tap \
  tests/flow/handover.tap \
  tests/flow/bad_input.tap \
  tests/flow/bad_cfg.tap \
  tests/flow/bad_session.tap \
  tests/flow/desk.tap \
  tests/flow/errors.tap \
  tests/flow/faults.tap \
  tests/flow/shared_secret.tap \
  tests/flow/encryption.tap \
  tests/flow/archival.tap \
  tests/flow/encryption_walk.tap \
  tests/flow/reminder.tap \
  tests/flow/renewal.tap \
  tests/flow/revoke.tap \
  tests/flow/agent_walk.tap \
  tests/flow/revoke_tools.tap \
  tests/flow/secret_walk.tap \
  tests/flow/canaries.tap \
  tests/flow/keep.tap \
  tests/flow/canaries_screen.tap \
  tests/flow/tokens.tap \
  tests/flow/json_test.sh \
  tests/flow/kill_test.sh
dist_check_SCRIPTS += $(flow_tests)
TESTS += $(flow_tests)
EXTRA_DIST += tests/flow/lib.sh tests/flow/walk.sh tests/flow/screen.sh tests/flow/encryption.sh tests/flow/flows.csv tests/harness/practice.sh tests/harness/canary.py tests/harness/ics.py
EXTRA_DIST += tests/flow/archive_plain.py tests/flow/broken.py tests/flow/cut_revocation.py tests/flow/on_terminal.py tests/flow/tls_chain.py
