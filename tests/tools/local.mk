# SPDX-License-Identifier: Apache-2.0
# Prefixes of the recorded cases that have a tool; to add one: its word here.
DOGTAG_CASES = cmc p10 resp http dpop crmf shtok revoke enroll
dist_check_SCRIPTS += tests/tools/cases_test.sh tests/tools/cmc_test.sh
TESTS += tests/tools/cases_test.sh tests/tools/cmc_test.sh
EXTRA_DIST += tests/tools/cases.py tests/tools/classes.py tests/tools/compare.py tests/tools/der.py tests/tools/httpside.py
