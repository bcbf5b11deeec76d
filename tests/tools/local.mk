# SPDX-License-Identifier: Apache-2.0
dist_check_SCRIPTS += tests/tools/cases_test.sh tests/tools/cmc_test.sh tests/tools/crmf_submit_test.sh tests/tools/directory_test.sh tests/tools/pki.tap tests/tools/options_test.sh tests/tools/dogtag_steps.tap tests/tools/lint_test.sh tests/tools/module.tap
TESTS += tests/tools/cases_test.sh tests/tools/cmc_test.sh tests/tools/crmf_submit_test.sh tests/tools/directory_test.sh tests/tools/pki.tap tests/tools/options_test.sh tests/tools/dogtag_steps.tap tests/tools/lint_test.sh tests/tools/module.tap
EXTRA_DIST += tests/tools/blocks.py tests/tools/cases.py tests/tools/classes.py tests/tools/expected.py tests/tools/expected_ids.txt tests/tools/compare.py tests/tools/der.py tests/tools/httpside.py \
  tests/tools/lint_cases.py tests/tools/mutants.py tests/tools/own_runs.py tests/tools/rest_mock.py tests/tools/show_cases.py
